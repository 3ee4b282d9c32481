/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removing groups. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"
#include "kern/cgroup/kill.h"

static bool errno_busy(void)
{
	return errno == EBUSY || errno == ENOTEMPTY;
}

/* Busy ones are left: the caller waits and comes again. */
static int leave_remove(int parent, const char *name, void *arg)
{
	(void)arg;
	if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || cgroup_errno_gone(errno) || errno_busy())
		return 0;
	return -1;
}

static int remove_error(const struct kern_cgroup *group, struct err *err)
{
	err_system(err, "rmdir", "%s%s", group->mountpoint, group->path);
	if (err->errnum == EBUSY)
		return err_hint(err, "the group, or one below it, still has processes or is mounted on");
	return -1;
}

/* Processes or groups are in it: empty it from below, as often as it takes until the deadline. */
static int remove_busy(int root, struct kern_cgroup *group, int timeout_ms, struct err *err)
{
	int64_t deadline = cgroup_now_ms() + timeout_ms;
	struct cgroup_walk walk = { .leave = leave_remove };

	for (unsigned tries = 0;; tries++) {
		if (cgroup_walk(group->fd, &walk) != 0 && !cgroup_errno_gone(errno))
			return err_system(err, "rmdir below", "%s%s", group->mountpoint, group->path);
		if (unlinkat(root, group->path + 1, AT_REMOVEDIR) == 0 || cgroup_errno_gone(errno))
			return 0;
		if (!errno_busy())
			return remove_error(group, err);
		if (kern_cgroup_wait_empty(group, cgroup_left_ms(deadline), err) != 0)
			return -1;
		/* Empty but busy: the kernel is still taking the last process or group apart. */
		if (cgroup_left_ms(deadline) == 0) {
			errno = EBUSY;
			return remove_error(group, err);
		}
		if (tries > 0)
			cgroup_nap(tries - 1);
	}
}

/* It was not empty: only now it matters what kind of file system this is. */
static int remove_filled(int root, struct kern_cgroup *group, int timeout_ms, struct err *err)
{
	int result = cgroup_root_check(root, group->mountpoint, &group->v2, err);

	if (result != 0)
		return -1;
	group->fd = cgroup_open_below(root, group->path + 1);
	if (group->fd >= 0)
		result = remove_busy(root, group, timeout_ms, err);
	else if (!cgroup_errno_gone(errno))
		result = err_system(err, "open", "%s%s", group->mountpoint, group->path);
	kern_cgroup_close(group);
	return result;
}

static int remove_group(const char *mountpoint, const char *path, int timeout_ms, struct err *err)
{
	struct kern_cgroup group = { .mountpoint = mountpoint, .path = path };
	auto_close int root = open(mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_system(err, "open", "%s", mountpoint);
	if (unlinkat(root, path + 1, AT_REMOVEDIR) == 0 || cgroup_errno_gone(errno))
		return 0;
	return errno_busy() ? remove_filled(root, &group, timeout_ms, err) : remove_error(&group, err);
}

/* rmdir(2) follows no link at the end, and above it are only groups. */
bool kern_cgroup_delete_empty(const char *mountpoint, const char *path)
{
	char whole[PATH_MAX];

	return path[0] == '/' && path[1] &&
	       snprintf(whole, sizeof(whole), "%s%s", mountpoint, path) < (int)sizeof(whole) && rmdir(whole) == 0;
}

/* Only as long as nobody else uses them; what is left is no error. */
static void remove_parents(const char *mountpoint, const char *path, unsigned parents)
{
	char prefix[PATH_MAX];

	snprintf(prefix, sizeof(prefix), "%s", path);
	while (parents-- > 0) {
		char *slash = strrchr(prefix, '/');

		if (slash == prefix)
			return;
		*slash = '\0';
		if (!kern_cgroup_delete_empty(mountpoint, prefix) && errno != ENOENT)
			return;
	}
}

int kern_cgroup_delete(const char *mountpoint, const char *path, unsigned parents, int timeout_ms,
		       struct err *err)
{
	if (cgroup_path_check(path, err) != 0)
		return -1;
	if (path[1] == '\0') {
		err_set(err, ERR_SPEC, "rmdir", "the root group cannot be removed");
		return err_object(err, "%s", mountpoint);
	}
	/* Most are empty: one call, and no descriptor, which may be what the caller is out of. */
	if (!kern_cgroup_delete_empty(mountpoint, path) && remove_group(mountpoint, path, timeout_ms, err))
		return -1;
	remove_parents(mountpoint, path, parents);
	return 0;
}
