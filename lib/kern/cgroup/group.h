/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control groups as directories: open, create, attach, own, list, delete.
 *
 * Everything goes by fd: the mount point is opened and must be a cgroup file
 * system (fstatfs); paths below it are resolved by openat2 that leaves
 * neither the mount nor follows a link. Paths start with "/" and have no "."
 * or ".." or empty parts. Kernel: admin-guide/cgroup-v2.rst, cgroup-v1/.
 */
#ifndef NSTOOLS_KERN_CGROUP_GROUP_H
#define NSTOOLS_KERN_CGROUP_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/* One group, opened. The strings are the caller's and must outlive it. */
struct kern_cgroup {
	int fd;	   /* O_PATH: also for CLONE_INTO_CGROUP. 0 or less: not open */
	int procs; /* cgroup.procs for writing, once kern_cgroup_set_attach() was called; 0 or less: not open */
	const char *mountpoint, *path;
	unsigned created; /* how many of the path's last directories kern_cgroup_create() made */
	bool v2;
	bool fresh; /* the last directory was made by us, and nothing was attached yet */
};

/* Open an existing group. errnum is ENOENT when it does not exist. */
int kern_cgroup_open(struct kern_cgroup *group, const char *mountpoint, const char *path, struct err *err);
void kern_cgroup_close(struct kern_cgroup *group); /* accepts {0} */

/*
 * Create the group down its path, or open it where it exists. Directories
 * are 0755 whatever the umask. v2: `controllers` (",cpu,memory,", may be
 * NULL) are enabled in each ancestor that lacks them; that part is not taken
 * back by an undo. v1 cpuset: each new directory gets its parent's cpus and
 * memory nodes. On failure the directories made are removed again.
 */
int kern_cgroup_create(struct kern_cgroup *group, const char *mountpoint, const char *path,
		       const char *controllers, struct err *err);
/* OCI's "cgroup fit check": an error when the group has processes or is frozen. A fresh one fits. */
int kern_cgroup_check_fit(const struct kern_cgroup *group, struct err *err);

/*
 * Move a process with all its threads (0: the caller) into the group. Waits
 * for an RCU grace period in the kernel: prefer CLONE_INTO_CGROUP on v2.
 */
int kern_cgroup_attach(struct kern_cgroup *group, pid_t pid, struct err *err);
/* One thread: v1 "tasks", v2 "cgroup.threads" (only within a threaded subtree). */
int kern_cgroup_attach_thread(struct kern_cgroup *group, pid_t tid, struct err *err);

/*
 * v2 delegation: give the directory and the files that the kernel lists in
 * /sys/kernel/cgroup/delegate to uid; files the group lacks are passed over.
 */
int kern_cgroup_set_owner(const struct kern_cgroup *group, uid_t uid, struct err *err);

/* Processes. 0 stands for one outside the caller's pid namespace. */
struct kern_cgroup_pids {
	pid_t *items;
	size_t count, size;
};
/* Those of the group, and with `recursive` of all groups below; groups that vanish meanwhile have none. */
int kern_cgroup_pids_list(const struct kern_cgroup *group, bool recursive, struct kern_cgroup_pids *pids,
			  struct err *err);
void kern_cgroup_pids_free(struct kern_cgroup_pids *pids);
/* Has it, or a group below it, any process? 1, 0, or -1. A group that is gone has none. */
int kern_cgroup_is_populated(const struct kern_cgroup *group, struct err *err);

/*
 * Remove the group and all groups below it, deepest first, waiting up to
 * timeout_ms for its processes to be gone (it does not kill: kern/cgroup/kill.h).
 * What does not exist is no error. With `parents`, that many directories
 * above it are removed too if they are empty: kern_cgroup_create()'s
 * `created` - 1 undoes what it did.
 */
int kern_cgroup_delete(const char *mountpoint, const char *path, unsigned parents, int timeout_ms,
		       struct err *err);

/* A group without processes and groups below it, as most are by then: one call. False: it was not removed. */
bool kern_cgroup_delete_empty(const char *mountpoint, const char *path);

#endif
