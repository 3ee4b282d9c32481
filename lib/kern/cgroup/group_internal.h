/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of kern/cgroup/ alone. */
#ifndef NSTOOLS_KERN_CGROUP_GROUP_INTERNAL_H
#define NSTOOLS_KERN_CGROUP_GROUP_INTERNAL_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct kern_cgroup;

/* The mount point, checked to be a cgroup file system. An O_PATH fd, or -1. */
int cgroup_root_open(const char *mountpoint, bool *v2, struct err *err);
int cgroup_root_check(int fd, const char *mountpoint, bool *v2, struct err *err);
/* kern_cgroup_create() of a group whose place is filled in; *umask_known: see struct kern_cgroup_set. */
int cgroup_create(struct kern_cgroup *group, const char *controllers, bool *umask_known, struct err *err);
/* Open a group that cgroup_create() made without opening it. */
int cgroup_open_made(struct kern_cgroup *group, struct err *err);
/* The group's place and a file's name ("/cgroup.procs", "") as one path; false: too long. */
bool cgroup_whole_path(const struct kern_cgroup *group, const char *file, char path[PATH_MAX]);
/* The path's form: "/" or "/a/b". */
int cgroup_path_check(const char *path, struct err *err);
/* The directory `path` (no leading "/"; "" is root itself) below root: O_PATH, or -1 with errno. */
int cgroup_open_below(int root, const char *path);
/* A control file's name: no "/", no leading ".". */
int cgroup_file_check(const char *file, struct err *err);
/* Is it an errno of a group or process that is gone? */
bool cgroup_errno_gone(int errnum);

/* v2: have the controllers enabled for the children of each directory above path (no leading "/"). */
int cgroup_controllers_enable(int root, const struct kern_cgroup *group, const char *controllers,
			      struct err *err);
/*
 * v1: a new cpuset group cannot take processes until it has cpus and memory
 * nodes. One that is made to have groups below it hands them on by itself.
 */
int cgroup_cpuset_inherit(int dirfd, const struct kern_cgroup *group, bool hand_on, struct err *err);

/*
 * Visit dirfd and all groups below. enter() is called for each, parents first,
 * with its name (NULL for dirfd itself); leave() after a group's children were done, with its parent's fd and its
 * name (not for dirfd itself). Either may be NULL; one that returns -1 (or 1)
 * ends the walk with that value. Groups that vanish are passed over. Neither
 * depth nor width is limited by the number of fds. -1 with errno.
 */
struct cgroup_walk {
	int (*enter)(int fd, const char *name, void *arg);
	int (*leave)(int parent, const char *name, void *arg);
	void *arg;
};
int cgroup_walk(int dirfd, const struct cgroup_walk *walk);

/* Kill all without cgroup.kill, until nothing is left or the deadline passes. */
int cgroup_kill_by_signals(const struct kern_cgroup *group, int64_t deadline, struct err *err);

/* Monotonic milliseconds, for deadlines. */
int64_t cgroup_now_ms(void);
/* What is left until the deadline, 0 when it has passed. */
int cgroup_left_ms(int64_t deadline);
/* Sleep for what the kernel cannot tell: 1 ms, doubling with each try up to 32 ms. */
void cgroup_nap(unsigned tries);
/*
 * v2: wait until "KEY VALUE" stands in cgroup.events (POLLPRI). 1: it does, 0:
 * timeout, -1 with errno (ENOENT, ENODEV: the group is gone).
 */
int cgroup_wait_event(int dirfd, const char *key, uint64_t value, int64_t deadline);

#endif
