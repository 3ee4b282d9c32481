/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/stats.h"
#include "run/container.h"
#include "run/run.h"
#include "run/stats.h"
#include "state/state.h"

#define FILE_MAX (16 * 1024)

/* The file's text in the arena; NULL where this group has none. */
static const char *read_text(const struct kern_cgroup *group, const char *file, struct arena *arena)
{
	struct err absent = { 0 };
	char text[FILE_MAX];

	return kern_cgroup_read(group, file, text, sizeof(text), &absent) > 0 ? arena_strdup(arena, text)
									      : NULL;
}

static void keep_first(const char **value, const struct kern_cgroup *group, const char *file,
		       struct arena *arena)
{
	if (!*value)
		*value = read_text(group, file, arena);
}

/* "1234 567 ", a number for each possible CPU. */
static void read_per_cpu(const struct kern_cgroup *group, struct arena *arena, struct run_stats *stats)
{
	const char *text = read_text(group, "cpuacct.usage_percpu", arena);
	size_t words = 1;

	if (!text || stats->per_cpu)
		return;
	for (const char *p = text; *p; p++)
		words += *p == ' ';
	stats->per_cpu = arena_array(arena, words, sizeof(*stats->per_cpu));
	for (char *end;; text = end) {
		unsigned long long value = strtoull(text, &end, 10);

		if (end == text)
			return;
		stats->per_cpu[stats->per_cpu_count++] = value;
	}
}

static int add_group(const struct state_cgroup *cgroup, struct arena *arena, struct run_stats *stats,
		     struct err *err)
{
	struct kern_cgroup group = { 0 };
	int ret = kern_cgroup_open(&group, cgroup->mountpoint, cgroup->path, err);

	if (!ret)
		ret = kern_cgroup_stats_add(&group, NULL, stats->groups, err);
	if (!ret) {
		keep_first(&stats->memory_stat, &group, "memory.stat", arena);
		keep_first(&stats->cpus, &group,
			   cgroup->v2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus", arena);
		keep_first(&stats->mems, &group,
			   cgroup->v2 ? "cpuset.mems.effective" : "cpuset.effective_mems", arena);
		if (!cgroup->v2)
			read_per_cpu(&group, arena, stats);
	}
	kern_cgroup_close(&group);
	return ret;
}

/* v1's first: on a hybrid host v2's cpu.stat counts nothing but time that v1 has already told. */
static int add_groups(const struct state *state, struct arena *arena, struct run_stats *stats,
		      struct err *err)
{
	for (int v2 = 0; v2 <= 1; v2++)
		for (size_t i = 0; i < state->cgroup_count; i++)
			if (state->cgroups[i].v2 == v2 && add_group(&state->cgroups[i], arena, stats, err))
				return -1;
	return 0;
}

int run_stats(const struct run_context *context, const char *id, struct arena *arena, struct run_stats *stats,
	      struct err *err)
{
	static const char *const alive[] = { "created", "running", "paused", NULL };
	struct container container;
	struct err failure = { 0 };
	int ret = container_open(&container, context, id, CONTAINER_UNLOCKED, err);

	*stats = (struct run_stats){ .groups = arena_alloc(arena, sizeof(*stats->groups)) };
	kern_cgroup_stats_init(stats->groups);
	if (!ret)
		ret = container_require(&container, "stats", alive, err);
	if (!ret && !container.state->cgroup_count) {
		err_set(err, ERR_UNSUPPORTED, "stats",
			"the container has no cgroup: nothing counts what it uses");
		ret = err_object(err, "%s", id);
	}
	if (!ret && add_groups(container.state, arena, stats, &failure)) {
		/* It ended while we looked: that is not an unreadable file. */
		ret = container_require(&container, "stats", alive, err);
		if (!ret)
			*err = failure;
		ret = -1;
	}
	container_close(&container);
	return ret;
}
