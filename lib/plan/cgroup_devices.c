/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device rules: nothing is allowed but what the spec lists, and what every
 * container needs. v1 by the devices controller, v2 by a BPF program.
 */
#include <linux/capability.h>
#include <string.h>

#include "base/arena.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static const struct spec_device_rule deny_all = {
	.type = 'a',
	.major = -1,
	.minor = -1,
	.read = true,
	.write = true,
	.mknod = true,
};

/* Making nodes is harmless where opening them is not allowed; the rest are the default devices and terminals.
 */
static const struct spec_device_rule always[] = {
	{ .allow = true, .type = 'c', .major = -1, .minor = -1, .mknod = true },
	{ .allow = true, .type = 'b', .major = -1, .minor = -1, .mknod = true },
	{ .allow = true, .type = 'c', .major = 1, .minor = 3, .read = true, .write = true, .mknod = true },
	{ .allow = true, .type = 'c', .major = 1, .minor = 5, .read = true, .write = true, .mknod = true },
	{ .allow = true, .type = 'c', .major = 1, .minor = 7, .read = true, .write = true, .mknod = true },
	{ .allow = true, .type = 'c', .major = 1, .minor = 8, .read = true, .write = true, .mknod = true },
	{ .allow = true, .type = 'c', .major = 1, .minor = 9, .read = true, .write = true, .mknod = true },
	{ .allow = true, .type = 'c', .major = 5, .minor = 0, .read = true, .write = true, .mknod = true },
	{ .allow = true, .type = 'c', .major = 5, .minor = 2, .read = true, .write = true, .mknod = true },
	{ .allow = true, .type = 'c', .major = 136, .minor = -1, .read = true, .write = true, .mknod = true },
};
#define ALWAYS_COUNT (sizeof(always) / sizeof(always[0]))

/*
 * /dev/net/tun, for containers with CAP_NET_ADMIN, without which it is of no use: programs for private
 * networks make the node themselves, and engines that do not name it count on the runtime. A spec that
 * names it decides.
 */
static const struct spec_device_rule tun = {
	.allow = true, .type = 'c', .major = 10, .minor = 200, .read = true, .write = true, .mknod = true
};

static bool needs_tun(const struct builder *b)
{
	for (size_t i = 0; i < b->resources->device_count; i++) {
		const struct spec_device_rule *rule = &b->resources->devices[i];

		if (rule->type == tun.type && rule->major == tun.major && rule->minor == tun.minor)
			return false;
	}
	/* An update is not told what the container may: who has it is not to lose it. */
	return b->update || b->spec->process.capabilities.bounding & UINT64_C(1) << CAP_NET_ADMIN;
}

static const struct step *devices_cgroup(const struct builder *b)
{
	const struct step *v1 = plan_cgroup_find(b, "devices");

	for (size_t i = 0; !v1 && i < b->cgroup_count; i++)
		if (b->cgroups[i].cgroup.v2)
			return &b->cgroups[i];
	return v1;
}

/* A last rule that allows everything: the others before it say nothing. */
static bool allows_all(const struct spec_resources *resources)
{
	const struct spec_device_rule *last =
		resources->device_count ? &resources->devices[resources->device_count - 1] : NULL;

	return last && last->allow && last->type == 'a' && last->major < 0 && last->minor < 0 && last->read &&
	       last->write && last->mknod;
}

int plan_cgroup_devices(struct builder *b)
{
	const struct spec_resources *r = b->resources;
	const struct step *cgroup = devices_cgroup(b);
	struct spec_device_rule *rules;
	struct step *step;
	size_t n = 0;

	/* A user namespace, our own or the container's parent's, may not load such rules: mknod is not
	 * possible there. */
	if (!b->host->privileged || b->host->in_user_ns)
		return 0;
	if ((b->update && !r->device_count) || (!b->update && allows_all(r)))
		return 0;
	if (!cgroup && r->device_count && !b->host->hierarchy_count)
		return plan_unsupported(
			b, plan_cgroup_where(b, "devices"),
			"device rules need a cgroup hierarchy, and none is mounted on this host");
	if (!cgroup)
		return 0;
	rules = arena_array(b->arena, r->device_count + ALWAYS_COUNT + 2, sizeof(*rules));
	rules[n++] = deny_all;
	for (size_t i = 0; i < r->device_count; i++)
		rules[n++] = r->devices[i];
	for (size_t i = 0; i < ALWAYS_COUNT; i++)
		rules[n++] = always[i];
	if (needs_tun(b))
		rules[n++] = tun;
	plan_cgroup_where(b, "devices");
	step = plan_add(b, STEP_CGROUP_DEVICES, STEP_PARENT, r->device_count ? b->where : "");
	step->devices = (struct step_devices){ .mountpoint = cgroup->cgroup.mountpoint,
					       .path = cgroup->cgroup.path,
					       .v2 = cgroup->cgroup.v2,
					       .rules = rules,
					       .count = n };
	return 0;
}
