/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/number.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "run/cgroup.h"
#include "run/cgroup_internal.h"

static int read_hierarchies(struct run_cgroup *cgroup, struct err *err)
{
	int ret = cgroup->pid ? kern_cgroup_hierarchies_of(cgroup->pid, cgroup->hierarchies, err)
			      : kern_cgroup_hierarchies_list(cgroup->hierarchies, err);

	if (ret && err->errnum == ENOENT)
		return err_hint(err, "there is no process %d", cgroup->pid);
	if (ret)
		return -1;
	if (cgroup->hierarchies->count)
		return 0;
	err_set(err, ERR_UNSUPPORTED, "", "no cgroup file system is mounted on this host");
	return -1;
}

/* v1's places first: what both tell counts once, and v1's is the fuller. */
static void list_places(struct run_cgroup *cgroup)
{
	for (int v2 = 0; v2 <= 1; v2++)
		for (size_t i = 0; i < cgroup->hierarchies->count; i++)
			if (cgroup->hierarchies->items[i].v2 == v2)
				cgroup->places[cgroup->count++].hierarchy = &cgroup->hierarchies->items[i];
}

int cgroup_begin(struct run_cgroup *cgroup, const char *name, struct err *err)
{
	*cgroup = (struct run_cgroup){ .arena = arena_new() };
	cgroup->name = arena_strdup(cgroup->arena, name);
	cgroup->hierarchies = arena_alloc(cgroup->arena, sizeof(*cgroup->hierarchies));
	if (!strncmp(name, "pid:", 4) && (number_int(name + 4, &cgroup->pid) || cgroup->pid <= 0)) {
		err_set(err, ERR_USAGE, "", "expected the number of a process behind \"pid:\"");
		return err_object(err, "%s", name);
	}
	if (read_hierarchies(cgroup, err))
		return -1;
	list_places(cgroup);
	return 0;
}

/* "/sys/fs/cgroup/memory/a" names "/a" as "/a" does: the longest mount point that is in front goes. */
static const char *without_mountpoint(const struct run_cgroup *cgroup, const char *path)
{
	size_t longest = 0;

	for (size_t i = 0; i < cgroup->count; i++) {
		const char *mountpoint = cgroup->places[i].hierarchy->mountpoint;
		size_t len = strlen(mountpoint);

		if (len > longest && !strncmp(path, mountpoint, len) && (path[len] == '/' || !path[len]))
			longest = len;
	}
	return path[longest] ? path + longest : "/";
}

/* A slash at the end, or two in a row, are what shells and people add. */
static const char *tidy(struct arena *arena, const char *path)
{
	const char *result = "";

	while (*(path += strspn(path, "/"))) {
		int len = (int)strcspn(path, "/");

		result = arena_printf(arena, "%s/%.*s", result, len, path);
		path += len;
	}
	return *result ? result : "/";
}

void cgroup_name_path(struct run_cgroup *cgroup, const char *path)
{
	cgroup->path = tidy(cgroup->arena, without_mountpoint(cgroup, path));
	for (size_t i = 0; i < cgroup->count; i++)
		cgroup->places[i].path = cgroup->path;
}

void cgroup_name_own(struct run_cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++)
		cgroup->places[i].path = cgroup->places[i].hierarchy->own;
}

/* Those that are there are opened; `path` stays where all of them have the same. */
int cgroup_open_places(struct run_cgroup *cgroup, struct err *err)
{
	bool found = false, differ = false;

	cgroup->path = NULL;
	for (size_t i = 0; i < cgroup->count; i++) {
		struct run_cgroup_place *place = &cgroup->places[i];
		struct err absent = { 0 };

		if (!place->path)
			continue;
		place->group = arena_alloc(cgroup->arena, sizeof(*place->group));
		if (kern_cgroup_open(place->group, place->hierarchy->mountpoint, place->path, &absent) == 0) {
			differ = differ || (found && strcmp(cgroup->path, place->path) != 0);
			cgroup->path = place->path;
			found = true;
			continue;
		}
		place->group = NULL;
		if (absent.errnum == ENOENT || absent.errnum == ENODEV)
			continue;
		*err = absent;
		return -1;
	}
	if (differ)
		cgroup->path = NULL;
	if (found)
		return 0;
	err_set(err, ERR_NOT_FOUND, "",
		cgroup->container ? "the container has no cgroup" : "no hierarchy has such a group");
	return err_object(err, "%s", cgroup->name);
}

int run_cgroup_open_own(struct run_cgroup *cgroup, struct err *err)
{
	if (cgroup_begin(cgroup, "self", err))
		return -1;
	cgroup_name_own(cgroup);
	return cgroup_open_places(cgroup, err);
}

int run_cgroup_name(struct run_cgroup *cgroup, const char *path, struct err *err)
{
	if (*path != '/') {
		*cgroup = (struct run_cgroup){ .arena = arena_new() };
		err_set(err, ERR_USAGE, "", "expected the path of a group, which begins with a slash");
		return err_object(err, "%s", path);
	}
	if (cgroup_begin(cgroup, path, err))
		return -1;
	cgroup_name_path(cgroup, path);
	return 0;
}

void run_cgroup_close(struct run_cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++)
		if (cgroup->places[i].group)
			kern_cgroup_close(cgroup->places[i].group);
	if (cgroup->hierarchies)
		kern_cgroup_hierarchies_free(cgroup->hierarchies);
	arena_free(cgroup->arena);
	*cgroup = (struct run_cgroup){ 0 };
}

struct run_cgroup_place *run_cgroup_find(struct run_cgroup *cgroup, const char *controller)
{
	static const char *const others[][2] = { { "io", "blkio" }, { "blkio", "io" }, { "cpuacct", "cpu" } };

	for (size_t i = 0; i < cgroup->count; i++)
		if (kern_cgroup_has_controller(cgroup->places[i].hierarchy->controllers, controller))
			return &cgroup->places[i];
	for (size_t n = 0; n < ARRAY_SIZE(others); n++)
		for (size_t i = 0; !strcmp(others[n][0], controller) && i < cgroup->count; i++)
			if (kern_cgroup_has_controller(cgroup->places[i].hierarchy->controllers,
						       others[n][1]))
				return &cgroup->places[i];
	return NULL;
}

struct run_cgroup_place *run_cgroup_unified(struct run_cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++)
		if (cgroup->places[i].hierarchy->v2)
			return &cgroup->places[i];
	return NULL;
}

const char *run_cgroup_label(struct arena *arena, const struct kern_cgroup_hierarchy *hierarchy)
{
	if (hierarchy->v2)
		return "unified";
	if (hierarchy->name)
		return arena_printf(arena, "name=%s", hierarchy->name);
	return arena_printf(arena, "%.*s", (int)strlen(hierarchy->controllers) - 2,
			    hierarchy->controllers + 1);
}

int run_cgroup_is_frozen(const struct run_cgroup *cgroup, struct err *err)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		enum kern_cgroup_freeze_state state;

		if (!cgroup->places[i].group)
			continue;
		if (kern_cgroup_freeze_read(cgroup->places[i].group, &state, err))
			return -1;
		if (state != KERN_CGROUP_THAWED)
			return 1;
	}
	return 0;
}
