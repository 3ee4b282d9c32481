/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All processes of a container, by its cgroups. */
#ifndef NSTOOLS_RUN_PROCESSES_H
#define NSTOOLS_RUN_PROCESSES_H

struct container;
struct err;
struct kern_cgroup;

/*
 * The cgroup to list and signal by: of the v2 hierarchy (cgroup.kill), or
 * that of v1's freezer, or any. 1: found and open
 * (kern_cgroup_close()), 0: the container has none that exists, -1 with err.
 */
int processes_cgroup(const struct container *container, struct kern_cgroup *group, struct err *err);

/*
 * Where there are both, we freeze in the v2 hierarchy. Somebody else may have frozen a container in v1's, and then
 * it neither goes on nor takes SIGKILL. Thaw it there too.
 */
int processes_thaw_v1(const struct container *container, struct err *err);

/* Kill everything and wait for its end. No process left is no error. */
int processes_kill(const struct container *container, struct err *err);
/* The same without a look at cgroups: with a pid namespace of its own the rest dies with the first. */
int processes_kill_first(const struct container *container, struct err *err);

#endif
