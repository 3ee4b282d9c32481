/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --systemd-cgroup: cgroupsPath is "SLICE:PREFIX:NAME", and systemd makes the scope PREFIX-NAME.scope. */
#include <string.h>

#include "base/arena.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

/* systemd.slice(5): "a-b.slice" lies in "a.slice". */
static const char *slice_path(struct builder *b, const char *slice)
{
	const char *path = "";
	size_t len = strlen(slice);

	if (len < 7 || strcmp(slice + len - 6, ".slice") != 0 || strchr(slice, '/') || strstr(slice, "--"))
		return NULL;
	if (!strcmp(slice, "-.slice"))
		return "";
	if (slice[0] == '-' || slice[len - 7] == '-')
		return NULL;
	for (size_t i = 1; i <= len - 6; i++)
		if (slice[i] == '-' || i == len - 6)
			path = plan_text(b, "%s/%.*s.slice", path, (int)i, slice);
	return path;
}

/* Three parts with colons between; empty ones have defaults. */
static int split(struct builder *b, const char *text, const char *parts[3])
{
	for (int i = 0; i < 3; i++) {
		const char *colon = strchr(text, ':');

		if ((i < 2) != (colon != NULL))
			return plan_refuse(
				b, "/linux/cgroupsPath",
				"expected \"slice:prefix:name\" for the systemd cgroup manager, found \"%s\"",
				b->spec->linux_.cgroups_path);
		parts[i] = plan_text(b, "%.*s", colon ? (int)(colon - text) : (int)strlen(text), text);
		text = colon ? colon + 1 : "";
	}
	return 0;
}

const char *plan_systemd_place(struct builder *b)
{
	bool user = !b->host->privileged || b->host->in_user_ns || b->host->uid != 0;
	const char *parts[3] = { "", "nsinit", b->request->id }, *path;

	if (b->spec->linux_.cgroups_path && *b->spec->linux_.cgroups_path &&
	    split(b, b->spec->linux_.cgroups_path, parts))
		return NULL;
	b->slice = *parts[0] ? parts[0] : user ? "user.slice" : "system.slice";
	b->scope = strstr(parts[2], ".scope") ? parts[2]
		   : *parts[1]                ? plan_text(b, "%s-%s.scope", parts[1], parts[2])
					      : plan_text(b, "%s.scope", parts[2]);
	b->user_manager = user;
	path = slice_path(b, b->slice);
	if (!path) {
		plan_refuse(b, "/linux/cgroupsPath", "\"%s\" is not the name of a slice", b->slice);
		return NULL;
	}
	if (!user)
		return plan_text(b, "%s/%s", path, b->scope);
	/* The user's manager has its tree below user@UID.service, which we are in. */
	for (size_t i = 0; i < b->host->hierarchy_count; i++) {
		const char *own = b->host->hierarchies[i].own, *service = strstr(own, "user@");
		const char *end = service ? strchr(service, '/') : NULL;

		if (end)
			return plan_text(b, "%.*s%s/%s", (int)(end - own), own, path, b->scope);
	}
	return plan_text(b, "/user.slice/user-%u.slice/user@%u.service%s/%s", b->host->uid, b->host->uid,
			 path, b->scope);
}

static void add_property(struct spec_pairs *pairs, const char *name, const char *value)
{
	pairs->items[pairs->count++] = (struct spec_pair){ name, value };
}

/* systemd writes its own idea of a limit again at a daemon-reload: so it is told the same ones. */
static void add_limits(struct builder *b, struct spec_pairs *pairs)
{
	const struct spec_resources *r = b->resources;

	if (r->memory.limit.given)
		add_property(pairs, "MemoryMax",
			     r->memory.limit.value < 0
				     ? "infinity"
				     : plan_text(b, "%lld", (long long)r->memory.limit.value));
	if (r->pids_limit.given)
		add_property(pairs, "TasksMax",
			     r->pids_limit.value < 0 ? "infinity"
						     : plan_text(b, "%lld", (long long)r->pids_limit.value));
	if (r->cpu.shares.given && r->cpu.shares.value)
		add_property(pairs, "CPUWeight", plan_text(b, "%llu", plan_cpu_weight(r->cpu.shares.value)));
	if (b->update && r->cpu.quota.given && r->cpu.quota.value < 0)
		add_property(pairs, "CPUQuotaPerSecUSec", "infinity");
	if (r->cpu.quota.given && r->cpu.quota.value > 0) {
		uint64_t period = r->cpu.period.given && r->cpu.period.value ? r->cpu.period.value : 100000;

		add_property(
			pairs, "CPUQuotaPerSecUSec",
			plan_text(b, "%llu", (unsigned long long)r->cpu.quota.value * 1000000ULL / period));
	}
	if (r->cpu.cpus)
		add_property(pairs, "AllowedCPUs", r->cpu.cpus);
	if (r->cpu.mems)
		add_property(pairs, "AllowedMemoryNodes", r->cpu.mems);
}

void plan_systemd_add(struct builder *b)
{
	struct step *step = plan_add(b, STEP_CGROUP_SYSTEMD, STEP_PARENT, "/linux/cgroupsPath");
	struct spec_pairs pairs = { .items = arena_array(b->arena, 8, sizeof(*pairs.items)) };

	add_limits(b, &pairs);
	step->systemd.slice = b->slice;
	step->systemd.scope = b->scope;
	step->systemd.description = plan_text(b, "nsinit container %s", b->request->id);
	step->systemd.properties = pairs;
	step->systemd.user = b->user_manager;
}

void plan_systemd_update(struct builder *b)
{
	struct spec_pairs pairs = { .items = arena_array(b->arena, 8, sizeof(*pairs.items)) };
	struct step *step;

	add_limits(b, &pairs);
	if (pairs.count == 0)
		return;
	step = plan_add(b, STEP_CGROUP_SYSTEMD, STEP_PARENT, "");
	step->systemd.scope = b->scope;
	step->systemd.properties = pairs;
	step->systemd.user = b->user_manager;
	step->systemd.update = true;
}
