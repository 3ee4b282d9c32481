/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes into a group, the group to an owner, and whether it may take a container. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"

static const char *empty_cpuset(const struct kern_cgroup *group)
{
	char text[64];

	if (file_read_small(group->fd, "cpuset.cpus", text, sizeof(text)) == 0)
		return "cpuset.cpus";
	if (file_read_small(group->fd, "cpuset.mems", text, sizeof(text)) == 0)
		return "cpuset.mems";
	return NULL;
}

static int attach_error(const struct kern_cgroup *group, const char *file, pid_t pid, struct err *err)
{
	const char *cpuset;

	err_system(err, "attach", "process %d to %s%s/%s", (int)pid, group->mountpoint, group->path, file);
	switch (err->errnum) {
	case EBUSY:
		return err_hint(err, "this group has controllers enabled for its children: cgroup v2 lets only the "
				     "groups at the ends hold processes; use one below it");
	case ENOSPC:
		cpuset = empty_cpuset(group);
		if (cpuset)
			return err_hint(err, "%s of the group is empty: give it a value first", cpuset);
		return -1;
	case EOPNOTSUPP:
		return err_hint(err, "the group takes no processes (see its cgroup.type): it is in a threaded "
				     "subtree, or the group above it has processes of its own, which cgroup v2 "
				     "does not allow (\"no internal processes\")");
	case ESRCH:
		return err_hint(err, "there is no such process (any more)");
	case EACCES:
	case EPERM:
		return err_hint(err, "moving a process needs write permission on cgroup.procs of the group, and on "
				     "v2 of the nearest group above both the old and the new place");
	case EINVAL:
		return err_hint(err, "kernel threads and, on v1 cpu without cpu.rt_runtime_us, real-time processes "
				     "cannot be moved");
	default:
		return -1;
	}
}

static int attach(struct kern_cgroup *group, const char *file, pid_t pid, struct err *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	group->fresh = false;
	return file_write_at(group->fd, file, text) == 0 ? 0 : attach_error(group, file, pid, err);
}

int kern_cgroup_attach(struct kern_cgroup *group, pid_t pid, struct err *err)
{
	return attach(group, "cgroup.procs", pid, err);
}

int kern_cgroup_attach_thread(struct kern_cgroup *group, pid_t tid, struct err *err)
{
	return attach(group, group->v2 ? "cgroup.threads" : "tasks", tid, err);
}

int kern_cgroup_check_fit(const struct kern_cgroup *group, struct err *err)
{
	enum kern_cgroup_freeze_state state;
	int populated;

	if (group->fresh)
		return 0;
	populated = kern_cgroup_is_populated(group, err);
	if (populated < 0)
		return -1;
	if (populated) {
		err_set(err, ERR_STATE, "cgroup", "has processes already");
		err_object(err, "%s%s", group->mountpoint, group->path);
		return err_hint(err, "a container needs a group of its own: choose another cgroupsPath, or end what "
				     "runs in this one");
	}
	if (kern_cgroup_freeze_read(group, &state, err) != 0)
		return -1;
	if (state == KERN_CGROUP_THAWED)
		return 0;
	err_set(err, ERR_STATE, "cgroup", "is frozen: the container could not start");
	err_object(err, "%s%s", group->mountpoint, group->path);
	return err_hint(err, "thaw it, or the group above it that is frozen");
}

static int change_owner(const struct kern_cgroup *group, const char *file, uid_t uid, struct err *err)
{
	if (fchownat(group->fd, file, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT)
		return 0;
	return err_system(err, "chown", "%s%s/%s", group->mountpoint, group->path, file);
}

int kern_cgroup_set_owner(const struct kern_cgroup *group, uid_t uid, struct err *err)
{
	/* The OCI spec's list for kernels before 4.15, which do not say. */
	char list[1024] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";
	char *save, *file;

	if (file_read_small(AT_FDCWD, "/sys/kernel/cgroup/delegate", list, sizeof(list)) < 0 &&
	    errno != ENOENT)
		return err_system(err, "read", "/sys/kernel/cgroup/delegate");
	if (fchownat(group->fd, "", uid, (gid_t)-1, AT_EMPTY_PATH) != 0)
		return err_system(err, "chown", "%s%s", group->mountpoint, group->path);
	for (file = strtok_r(list, "\n", &save); file; file = strtok_r(NULL, "\n", &save))
		if (cgroup_file_check(file, err) != 0 || change_owner(group, file, uid, err) != 0)
			return -1;
	return 0;
}
