/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of a start, kept open: each is looked up once. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"
#include "kern/cgroup/group_set.h"

static struct kern_cgroup *find_in_set(struct kern_cgroup_set *set, const char *mountpoint, const char *path)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->items[i].mountpoint, mountpoint) && !strcmp(set->items[i].path, path))
			return &set->items[i];
	return NULL;
}

static struct kern_cgroup *set_room(struct kern_cgroup_set *set, struct err *err)
{
	if (set->count < KERN_CGROUP_SET_MAX)
		return &set->items[set->count];
	err_set(err, ERR_UNSUPPORTED, "cgroup", "more than %d groups at once", KERN_CGROUP_SET_MAX);
	return NULL;
}

struct kern_cgroup *kern_cgroup_set_get(struct kern_cgroup_set *set, const char *mountpoint, const char *path,
					struct err *err)
{
	struct kern_cgroup *group = find_in_set(set, mountpoint, path);

	if (group)
		return cgroup_open_made(group, err) == 0 ? group : NULL;
	group = set_room(set, err);
	if (!group || kern_cgroup_open(group, mountpoint, path, err) != 0)
		return NULL;
	set->count++;
	return group;
}

struct kern_cgroup *kern_cgroup_set_create(struct kern_cgroup_set *set, const struct kern_cgroup_place *place,
					   struct err *err)
{
	struct kern_cgroup *group = find_in_set(set, place->mountpoint, place->path);

	if (group)
		return group;
	if (place->path[0] == '/' && !place->path[1])
		return kern_cgroup_set_get(set, place->mountpoint, place->path, err);
	group = set_room(set, err);
	if (!group)
		return NULL;
	*group = (struct kern_cgroup){ .mountpoint = place->mountpoint, .path = place->path, .v2 = place->v2 };
	if (cgroup_create(group, place->controllers, &set->umask_known, err) != 0)
		return NULL;
	set->count++;
	return group;
}

/* Not closed after the write, which is the last: our own end or kern_cgroup_set_close() does. */
static bool attach_at_once(struct kern_cgroup *group, pid_t pid)
{
	struct open_how how = { .flags = O_WRONLY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	char path[PATH_MAX], text[16];
	int len = snprintf(text, sizeof(text), "%d", (int)pid);

	if (group->procs > 0 || !cgroup_whole_path(group, "/cgroup.procs", path))
		return false;
	group->procs = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	return group->procs > 0 && write(group->procs, text, (size_t)len) == len;
}

int kern_cgroup_set_attach(struct kern_cgroup_set *set, const char *mountpoint, const char *path, pid_t pid,
			   struct err *err)
{
	struct kern_cgroup *group = find_in_set(set, mountpoint, path);

	if (group && group->fresh && attach_at_once(group, pid)) {
		group->fresh = false;
		return 0;
	}
	/* Step by step, which also tells what is wrong. */
	group = kern_cgroup_set_get(set, mountpoint, path, err);
	return group ? kern_cgroup_attach(group, pid, err) : -1;
}

void kern_cgroup_set_close(struct kern_cgroup_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		kern_cgroup_close(&set->items[i]);
	set->count = 0;
}
