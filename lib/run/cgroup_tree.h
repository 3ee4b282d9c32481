/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All groups below one, over all hierarchies: each path once. */
#ifndef NSTOOLS_RUN_CGROUP_TREE_H
#define NSTOOLS_RUN_CGROUP_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct kern_cgroup_stats;
struct kern_cgroup_usage;
struct run_cgroup;

enum {
	RUN_TREE_PROCESSES = 1,   /* count them */
	RUN_TREE_CONTROLLERS = 2, /* which v2 group has which */
	RUN_TREE_FROZEN = 4,
	RUN_TREE_USAGE = 8,
	RUN_TREE_STATS = 16,
	RUN_TREE_ALONE = 32, /* the group itself, none below */
};

struct run_cgroup_entry {
	const char *path;        /* below the group: "" for itself, "/a/b" */
	uint32_t places;         /* bit n: it is in the group's places[n] */
	size_t processes;        /* its own, not those of groups below; each once over the hierarchies */
	const char *controllers; /* ",cpu,memory,": v1's and v2's; NULL unless asked for */
	bool frozen;
	struct kern_cgroup_usage *usage; /* NULL unless asked for, as stats */
	struct kern_cgroup_stats *stats;
	pid_t *pids; /* the processes: unsorted, and with those that several hierarchies told */
	size_t pid_count;
};

struct run_cgroup_tree {
	struct run_cgroup_entry *entries; /* parents first, by name */
	size_t count, size;
	uint32_t *buckets; /* by path: index + 1 */
	size_t bucket_count;
};

/* {0} before; run_cgroup_tree_free() in any case. Groups that vanish meanwhile are passed over. */
int run_cgroup_tree_read(struct run_cgroup *cgroup, unsigned what, struct run_cgroup_tree *tree,
			 struct err *err);
void run_cgroup_tree_free(struct run_cgroup_tree *tree);
/* The entry of that path, or NULL. */
struct run_cgroup_entry *run_cgroup_tree_find(const struct run_cgroup_tree *tree, const char *path);

#endif
