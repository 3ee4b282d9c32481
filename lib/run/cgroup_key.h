/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits and figures of a group by their keys (plan/key.h), the same on v1 and v2. */
#ifndef NSTOOLS_RUN_CGROUP_KEY_H
#define NSTOOLS_RUN_CGROUP_KEY_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct kern_cgroup;
struct plan_key_use;
struct run_cgroup;

/* "KEY=VALUE" */
struct run_cgroup_assignment {
	const char *key, *value;
};

/*
 * Set all or nothing: every value is checked first, then they are written in
 * an order that can succeed; when one is refused those before it are written
 * back. Errors: ERR_USAGE for a wrong key or value, ERR_UNSUPPORTED for what
 * this host cannot do, ERR_SYSTEM with the file that refused.
 */
int run_cgroup_set(struct run_cgroup *cgroup, const struct run_cgroup_assignment *items, size_t count,
		   struct err *err);
/* The check alone, for a group that is yet to be made: syntax, ranges, and which controllers it takes. */
int run_cgroup_check(struct run_cgroup *cgroup, const struct run_cgroup_assignment *items, size_t count,
		     struct err *err);

/*
 * The value of a key in the form of its name, numbers exact, in the group's
 * arena; several lines where it has several. NULL with err. use: what the
 * key is, for plan_key_human(); may be NULL.
 */
const char *run_cgroup_get(struct run_cgroup *cgroup, const char *key, struct plan_key_use *use,
			   struct err *err);

/* Every limit that is not what a new group has. NULL at the end; in the group's arena. */
struct run_cgroup_limit {
	const char *key, *value;
	const struct plan_key_use *use;
};
struct run_cgroup_limit *run_cgroup_limits(struct run_cgroup *cgroup);

#endif
