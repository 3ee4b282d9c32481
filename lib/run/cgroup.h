/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group as users name it: one place in each hierarchy where it exists. What
 * tools/nscgroup calls; the operations are in cgroup_*.h.
 */
#ifndef NSTOOLS_RUN_CGROUP_H
#define NSTOOLS_RUN_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct kern_cgroup;
struct kern_cgroup_hierarchies;
struct kern_cgroup_hierarchy;

#define RUN_CGROUP_PLACES_MAX 24 /* KERN_CGROUP_HIERARCHIES_MAX */

struct run_cgroup_place {
	const struct kern_cgroup_hierarchy *hierarchy;
	const char *path;          /* below the mount point; NULL: nothing is named there */
	struct kern_cgroup *group; /* open; NULL: there is no such group */
};

struct run_cgroup {
	struct arena *arena;   /* owned, with all that is below */
	const char *name;      /* what the user said */
	const char *path;      /* of the places that are there; NULL where they differ */
	const char *container; /* its id, or NULL */
	int pid;               /* of pid:N and self, else 0 */
	struct kern_cgroup_hierarchies *hierarchies;
	struct run_cgroup_place places[RUN_CGROUP_PLACES_MAX]; /* one a hierarchy, v2 last */
	size_t count;
};

/*
 * "self", "pid:N", "/a/b" (also with a hierarchy's mount point in front), or a
 * container's id, whose state is in `root`. Fails when it exists in no
 * hierarchy. run_cgroup_close() in any case.
 */
int run_cgroup_open(struct run_cgroup *cgroup, const char *root, const char *name, struct err *err);
/* The same as "self". */
int run_cgroup_open_own(struct run_cgroup *cgroup, struct err *err);
/* The same without looking what exists, for a path that is to be made. */
int run_cgroup_name(struct run_cgroup *cgroup, const char *path, struct err *err);
void run_cgroup_close(struct run_cgroup *cgroup);

/* The place in the hierarchy with that controller, v1's name or v2's (io, blkio); NULL: no hierarchy has it.
 */
struct run_cgroup_place *run_cgroup_find(struct run_cgroup *cgroup, const char *controller);
/* v2's place, NULL where this host has none. */
struct run_cgroup_place *run_cgroup_unified(struct run_cgroup *cgroup);
/* "unified", "memory", "cpu,cpuacct", "name=systemd": how a hierarchy is called. In the arena. */
const char *run_cgroup_label(struct arena *arena, const struct kern_cgroup_hierarchy *hierarchy);

/* Frozen, by itself or by one above it: 1, 0, or -1. */
int run_cgroup_is_frozen(const struct run_cgroup *cgroup, struct err *err);

#endif
