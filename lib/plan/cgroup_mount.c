/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounts of type cgroup (whatever the host has) and cgroup2. Without a cgroup namespace a new mount would
 * show the host's whole hierarchy: then the container's group is bound instead, read-only.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

/* As many as the host has hierarchies. Without a cgroup of its own the container stays in the caller's. */
static struct step_cgroup *places(struct builder *b)
{
	struct step_cgroup *all = arena_array(b->arena, b->host->hierarchy_count, sizeof(*all));

	for (size_t i = 0; i < b->host->hierarchy_count; i++) {
		const struct host_hierarchy *hierarchy = &b->host->hierarchies[i];

		if (b->cgroup_count)
			all[i] = b->cgroups[i].cgroup;
		else
			all[i] = (struct step_cgroup){ .mountpoint = hierarchy->mountpoint,
						       .path = hierarchy->own,
						       .controllers = hierarchy->controllers,
						       .v2 = hierarchy->v2 };
	}
	return all;
}

static bool has(const struct builder *b, bool v2)
{
	for (size_t i = 0; i < b->host->hierarchy_count; i++)
		if (b->host->hierarchies[i].v2 == v2)
			return true;
	return false;
}

/* The one unified hierarchy; else a directory of all. */
static bool is_unified(const struct builder *b, const struct spec_mount *mount)
{
	return !strcmp(mount->type, "cgroup2") || !has(b, false);
}

int plan_cgroup_mount_check(struct builder *b, const struct spec_mount *mount, const char *where)
{
	if (!is_unified(b, mount) || has(b, true))
		return 0;
	return plan_unsupported(b, where, "no cgroup%s hierarchy is mounted on this host",
				b->host->hierarchy_count ? " v2" : "");
}

/* Not before: systemd may have made it around the child. */
step_slot plan_cgroup_mount_open(struct builder *b, const struct spec_mount *mount, const char *where)
{
	const struct step_cgroup *cgroup = places(b);
	struct step *step;

	if (!is_unified(b, mount) || plan_namespace_is_new(b, SPEC_NS_CGROUP))
		return 0;
	while (!cgroup->v2)
		cgroup++;
	step = plan_add(b, STEP_TREE_OPEN, STEP_CHILD, where);
	step->tree.source = plan_text(b, "%s%s", cgroup->mountpoint, cgroup->path);
	step->tree.other = cgroup->own ? plan_text(b, "%s%s", cgroup->mountpoint, cgroup->own) : NULL;
	step->tree.recursive = true;
	return step->tree.slot = ++b->plan->slot_count;
}

void plan_cgroup_mount_describe(struct builder *b, const struct spec_mount *mount, step_slot slot,
				struct step_mount *step)
{
	step->cgroup_ro = !plan_namespace_is_new(b, SPEC_NS_CGROUP);
	if (!is_unified(b, mount)) {
		step->form = STEP_MOUNT_CGROUP_V1;
		step->hierarchies = places(b);
		step->hierarchy_count = b->host->hierarchy_count;
	} else if (slot) {
		step->form = STEP_MOUNT_BIND;
		step->slot = slot;
	} else {
		step->type = "cgroup2";
	}
}
