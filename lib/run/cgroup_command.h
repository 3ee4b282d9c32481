/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command in a group of its own, which goes with it:
 *
 *	nscgroup			guard			the command
 *	run_cgroup_guard_start() ------> waits on a pipe
 *	run_cgroup_create(), and tells the guard what was made
 *	run_cgroup_command() ------------------------------------> cloned into the group
 *	  waits, passes signals on
 *	run_cgroup_guard_end()
 *	  empty: removes it, ends the guard
 *	  else:  leaves		------> waits until it is empty, removes it
 *
 * When nscgroup is killed the pipe's end closes and the guard goes on as in
 * the last line. The guard is a process of its own session outside the
 * group, holds none of nscgroup's descriptors, and ends with the group.
 */
#ifndef NSTOOLS_RUN_CGROUP_COMMAND_H
#define NSTOOLS_RUN_CGROUP_COMMAND_H

#include <sys/types.h>

struct err;
struct run_cgroup;

struct run_cgroup_guard {
	pid_t pid; /* 0: none */
	int pipe;
};

/* Before the group is made. */
int run_cgroup_guard_start(struct run_cgroup_guard *guard, const struct run_cgroup *cgroup, struct err *err);
/* What run_cgroup_create() made is the guard's to remove, should we die. */
int run_cgroup_guard_tell(const struct run_cgroup_guard *guard, const struct run_cgroup *cgroup,
			  struct err *err);
/* Remove the group when it is empty, or leave that to the guard. */
int run_cgroup_guard_end(struct run_cgroup_guard *guard, struct run_cgroup *cgroup, struct err *err);

/*
 * Run args (looked up by PATH) in the group, which is open: it starts in v2's
 * (CLONE_INTO_CGROUP), and joins v1's before it is executed. Waits for its end
 * and passes signals on; ours stay blocked then, since the caller is to end.
 * *status is wait(2)'s. ERR_EXEC where it cannot be executed.
 */
int run_cgroup_command(struct run_cgroup *cgroup, char *const *args, int *status, struct err *err);

#endif
