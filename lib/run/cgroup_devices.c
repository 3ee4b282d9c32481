/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/cgroup/devices.h"
#include "kern/cgroup/group.h"
#include "run/cgroup.h"
#include "run/cgroup_devices.h"

static const struct kern_cgroup *devices_group(struct run_cgroup *cgroup, struct err *err)
{
	struct run_cgroup_place *place = run_cgroup_find(cgroup, "devices");

	if (!place)
		place = run_cgroup_unified(cgroup);
	if (place && place->group)
		return place->group;
	err_set(err, ERR_UNSUPPORTED, "devices",
		place ? "the group is not in the hierarchy where device rules are"
		      : "this host has neither cgroup v2 nor v1's devices controller");
	err_object(err, "%s", cgroup->name);
	return NULL;
}

int run_cgroup_devices_list(struct run_cgroup *cgroup, struct kern_cgroup_device_list *list, struct err *err)
{
	const struct kern_cgroup *group = devices_group(cgroup, err);

	return group ? kern_cgroup_devices_list(group, list, err) : -1;
}

/* What matches `inner` matches `outer` too. */
static bool covers(const struct kern_cgroup_device_rule *outer, const struct kern_cgroup_device_rule *inner)
{
	return (outer->type == 'a' || outer->type == inner->type) &&
	       (outer->major < 0 || outer->major == inner->major) &&
	       (outer->minor < 0 || outer->minor == inner->minor) && (outer->read || !inner->read) &&
	       (outer->write || !inner->write) && (outer->mknod || !inner->mknod);
}

static bool is_everything(const struct kern_cgroup_device_rule *rule)
{
	static const struct kern_cgroup_device_rule all = {
		.type = 'a', .major = -1, .minor = -1, .read = true, .write = true, .mknod = true
	};

	return covers(rule, &all);
}

static int add_v2(const struct kern_cgroup *group, const struct kern_cgroup_device_rule *rule,
		  struct err *err)
{
	struct kern_cgroup_device_list list = { 0 };
	auto_free struct kern_cgroup_device_rule *rules = NULL;
	size_t count = 0;

	/* Then it does not matter what there was, known or not. */
	if (!is_everything(rule) && kern_cgroup_devices_list(group, &list, err))
		return -1;
	rules = memory_zalloc(list.count + 1, sizeof(*rules));
	for (size_t i = 0; i < list.count; i++)
		if (!covers(rule, &list.rules[i]))
			rules[count++] = list.rules[i];
	free(list.rules);
	rules[count++] = *rule;
	return kern_cgroup_devices_set(group, rules, count, err);
}

int run_cgroup_devices_add(struct run_cgroup *cgroup, const struct kern_cgroup_device_rule *rule,
			   struct err *err)
{
	const struct kern_cgroup *group = devices_group(cgroup, err);

	if (!group)
		return -1;
	return group->v2 ? add_v2(group, rule, err) : kern_cgroup_devices_set(group, rule, 1, err);
}
