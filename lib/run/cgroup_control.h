/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done to the processes of a group, in all hierarchies where it is. */
#ifndef NSTOOLS_RUN_CGROUP_CONTROL_H
#define NSTOOLS_RUN_CGROUP_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;
struct run_cgroup;

/*
 * Move processes, or with `threads` single threads, into the group. Where one
 * is refused those before it go back to where they were.
 */
int run_cgroup_attach(struct run_cgroup *cgroup, const pid_t *pids, size_t count, bool threads,
		      struct err *err);

/* Wait until all have stopped, or run again; v2's freezer, or v1's where the processes are in that one. */
int run_cgroup_freeze(struct run_cgroup *cgroup, int timeout_ms, struct err *err);
int run_cgroup_thaw(struct run_cgroup *cgroup, int timeout_ms, struct err *err);

/* SIGKILL to all, however fast they fork and frozen or not, and wait until nothing is left in any hierarchy.
 */
int run_cgroup_kill(struct run_cgroup *cgroup, int timeout_ms, struct err *err);
/* Another signal, once to each process; `sent` (may be NULL) counts them. */
int run_cgroup_signal(struct run_cgroup *cgroup, int signal, size_t *sent, struct err *err);

/* The processes of the group and of all below it in every hierarchy, each once, sorted. free() *pids. */
int run_cgroup_pids(struct run_cgroup *cgroup, bool recursive, pid_t **pids, size_t *count, struct err *err);

#endif
