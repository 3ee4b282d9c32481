/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux.resources.unified: cgroup v2 files by name. Where the controller is on
 * a v1 hierarchy the values that mean the same there are converted, others refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static const struct {
	const char *v2, *v1, *max; /* what "max" is there */
} same[] = {
	{ "memory.max", "memory.limit_in_bytes", "-1" },
	{ "memory.low", "memory.soft_limit_in_bytes", "-1" },
	{ "pids.max", "pids.max", "max" },
	{ "cpuset.cpus", "cpuset.cpus", NULL },
	{ "cpuset.mems", "cpuset.mems", NULL },
	{ "cpu.idle", "cpu.idle", NULL },
};

static const struct step *v2_cgroup(const struct builder *b)
{
	for (size_t i = 0; i < b->cgroup_count; i++)
		if (b->cgroups[i].cgroup.v2)
			return &b->cgroups[i];
	return NULL;
}

/* "QUOTA PERIOD", "max" or "max PERIOD". */
static void set_v1_cpu_max(struct builder *b, const struct step *cgroup, const char *value)
{
	const char *space = strchr(value, ' ');
	size_t len = space ? (size_t)(space - value) : strlen(value);

	if (space)
		plan_cgroup_set(b, cgroup, "cpu.cfs_period_us", space + 1);
	plan_cgroup_set(b, cgroup, "cpu.cfs_quota_us",
			!strncmp(value, "max", 3) ? "-1" : plan_text(b, "%.*s", (int)len, value));
}

static int convert(struct builder *b, const struct spec_pair *pair, const char *controller)
{
	const struct step *cgroup;

	if (!strcmp(controller, "cgroup"))
		return plan_unsupported(
			b, b->where, "this host has no cgroup v2 hierarchy, where %s is a file", pair->key);
	if (plan_cgroup_need(b, !strcmp(controller, "io") ? "blkio" : controller, b->where, &cgroup))
		return -1;
	if (!strcmp(pair->key, "cpu.max")) {
		set_v1_cpu_max(b, cgroup, pair->value);
		return 0;
	}
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!strcmp(pair->key, same[i].v2)) {
			bool max = same[i].max && !strcmp(pair->value, "max");

			plan_cgroup_set(b, cgroup, same[i].v1, max ? same[i].max : pair->value);
			return 0;
		}
	return plan_unsupported(b, b->where,
				"the %s controller is on a cgroup v1 hierarchy here, where %s has no equal",
				controller, pair->key);
}

int plan_cgroup_unified(struct builder *b)
{
	const struct step *v2 = v2_cgroup(b);

	for (size_t i = 0; i < b->resources->unified.count; i++) {
		const struct spec_pair *pair = &b->resources->unified.items[i];
		const char *dot = strchr(pair->key, '.');
		const char *controller = plan_text(
			b, "%.*s", dot ? (int)(dot - pair->key) : (int)strlen(pair->key), pair->key);
		const struct step *with_it = plan_cgroup_find(b, controller);

		plan_cgroup_where(b, plan_text(b, "unified/%s", pair->key));
		if (v2 && (with_it == v2 || !strcmp(controller, "cgroup")))
			plan_cgroup_set(b, v2, pair->key, pair->value);
		else if (convert(b, pair, controller))
			return -1;
	}
	return 0;
}
