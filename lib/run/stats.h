/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a container uses: the numbers of its cgroups in all hierarchies. */
#ifndef NSTOOLS_RUN_STATS_H
#define NSTOOLS_RUN_STATS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct json;
struct kern_cgroup_stats;
struct run_context;

/* Everything lives in the arena. */
struct run_stats {
	struct kern_cgroup_stats *groups; /* kern/cgroup/stats.h says what is unknown and what is no limit */
	uint64_t *per_cpu;                /* nanoseconds of each CPU; only v1 counts them apart */
	size_t per_cpu_count;
	const char *memory_stat; /* memory.stat as it is, "KEY NUMBER" lines; NULL: there is none */
	const char *cpus, *mems; /* those that are really used: "0-3,8"; NULL: unknown */
};

/* Of a container that has not ended: else ERR_STATE. Without any cgroup ERR_UNSUPPORTED. */
int run_stats(const struct run_context *context, const char *id, struct arena *arena, struct run_stats *stats,
	      struct err *err);

/*
 * The object that runc's events have as "data", which engines read: times in
 * nanoseconds, 2^64-1 for "no limit" (of pids: left out), what is unknown
 * left out. memory.swap is memory and swap together. json_free() it.
 */
struct json *run_stats_json(const struct run_stats *stats);

#endif
