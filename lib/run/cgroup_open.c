/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart from cgroup.c: who names no container does not read its state, and needs no JSON. */
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/hierarchy.h"
#include "run/cgroup.h"
#include "run/cgroup_internal.h"
#include "state/state.h"

static int name_container(struct run_cgroup *cgroup, const char *root, const char *id, struct err *err)
{
	struct state state = { 0 };
	auto_close int root_fd = -1, dir = -1;

	if (state_id_check(id, err))
		return -1;
	root_fd = state_root_open(root, false, err);
	if (root_fd >= 0)
		dir = state_open(root_fd, id, err);
	if (dir < 0 || state_load(dir, id, cgroup->arena, &state, err)) {
		if (err->kind == ERR_NOT_FOUND)
			err_hint(err, "a group is written with a slash in front: /%s", id);
		return -1;
	}
	cgroup->container = cgroup->name;
	for (size_t i = 0; i < cgroup->count; i++)
		for (size_t j = 0; j < state.cgroup_count; j++)
			if (!strcmp(cgroup->places[i].hierarchy->mountpoint, state.cgroups[j].mountpoint))
				cgroup->places[i].path = state.cgroups[j].path;
	return 0;
}

int run_cgroup_open(struct run_cgroup *cgroup, const char *root, const char *name, struct err *err)
{
	if (cgroup_begin(cgroup, name, err))
		return -1;
	if (*name == '/') {
		cgroup_name_path(cgroup, name);
	} else if (cgroup->pid || !strcmp(name, "self")) {
		cgroup_name_own(cgroup);
	} else if (name_container(cgroup, root, name, err)) {
		return -1;
	}
	return cgroup_open_places(cgroup, err);
}
