/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups made and removed in all hierarchies as one. */
#ifndef NSTOOLS_RUN_CGROUP_MAKE_H
#define NSTOOLS_RUN_CGROUP_MAKE_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct run_cgroup;
struct run_cgroup_assignment;

struct run_cgroup_make {
	const struct run_cgroup_assignment *items; /* limits that it gets */
	size_t count;
	/*
	 * ",cpu,memory,": only these controllers, and those of the limits: v1's
	 * hierarchies with one of them, v2's with them enabled down the path.
	 * NULL: every hierarchy, and on v2 what the group above can give.
	 */
	const char *controllers;
};

/*
 * Make the group of run_cgroup_name() and open its places. Where a part
 * fails all that was made is removed again. Exists in all of them: ERR_EXISTS.
 */
int run_cgroup_create(struct run_cgroup *cgroup, const struct run_cgroup_make *make, struct err *err);
/* Remove what run_cgroup_create() made and opened; it must be empty. Failures are the caller's to wait for:
 * -1. */
int run_cgroup_remove(struct run_cgroup *cgroup, struct err *err);

/*
 * Remove an opened group from every hierarchy. Neither it nor one below may
 * have processes; groups below only go with `recursive`. Nothing is
 * removed where one of them is in the way.
 */
int run_cgroup_delete(struct run_cgroup *cgroup, bool recursive, struct err *err);

#endif
