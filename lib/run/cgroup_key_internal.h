/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of run/cgroup_{key,set,limits}.c. Include plan/key.h first. */
#ifndef NSTOOLS_RUN_CGROUP_KEY_INTERNAL_H
#define NSTOOLS_RUN_CGROUP_KEY_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct kern_cgroup;
struct plan_key_context;
struct plan_key_use;
struct run_cgroup;
struct run_cgroup_place;

/* One write of a transaction. */
struct cgroup_change {
	struct kern_cgroup *group; /* NULL: the group is yet to be made */
	const char *file, *value;
	const char *old; /* what undoes it; NULL: nothing does */
	bool done;
};

/* What a plan_key_context reads from: a place's files, and over them what is decided already. */
struct cgroup_reader {
	struct run_cgroup *cgroup;
	const struct run_cgroup_place *place;
	const struct cgroup_change *changes;
	size_t count;
};

/* The context over a reader, with what 100% of memory, swap and processes are. */
struct plan_key_context cgroup_key_context(struct cgroup_reader *reader);
/*
 * The hierarchy where a key is: with `existing` its group must be there. NULL
 * with err: no hierarchy has the controller, or not this group.
 */
struct run_cgroup_place *cgroup_key_place(struct run_cgroup *cgroup, const struct plan_key_use *use,
					  bool existing, struct err *err);
/* A file that is not there: why. Returns -1. */
int cgroup_key_missing(struct run_cgroup *cgroup, const struct run_cgroup_place *place, const char *key,
		       const char *file, struct err *err);
/* "[%s]: unknown key". Returns -1. */
int cgroup_key_unknown(const char *key, struct err *err);
/* The file's text in the arena, its last newline removed; NULL when it cannot be read, with err. */
const char *cgroup_key_read(struct run_cgroup *cgroup, const struct kern_cgroup *group, const char *file,
			    struct err *err);

#endif
