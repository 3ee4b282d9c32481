/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every limit that is set. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "plan/key.h"
#include "run/cgroup.h"
#include "run/cgroup_key.h"
#include "run/cgroup_key_internal.h"

struct limits {
	struct run_cgroup *cgroup;
	struct run_cgroup_limit *items; /* memory_grow()n, then copied */
	size_t count, size;
};

/* A cpuset of v1 begins with what the group above has. */
static bool is_inherited(const struct run_cgroup_place *place, const char *file, const char *value)
{
	char above[4096], path[64];

	if (place->hierarchy->v2 || snprintf(path, sizeof(path), "../%s", file) >= (int)sizeof(path))
		return false;
	return file_read_small(place->group->fd, path, above, sizeof(above)) >= 0 && !strcmp(above, value);
}

/* v1's weight of a new group is no round number of v2's. */
static bool is_initial_weight(struct run_cgroup *cgroup, const struct run_cgroup_place *place)
{
	struct err absent = { 0 };
	const char *cfq = cgroup_key_read(cgroup, place->group, "blkio.weight", &absent);
	const char *bfq = cgroup_key_read(cgroup, place->group, "blkio.bfq.weight", &absent);

	return (cfq && !strcmp(cfq, "500")) || (!cfq && bfq && !strcmp(bfq, "100"));
}

static bool is_initial(struct run_cgroup *cgroup, const struct plan_key_use *use, const char *value)
{
	struct err ignored = { 0 };
	const struct run_cgroup_place *place = cgroup_key_place(cgroup, use, true, &ignored);

	if (!strcmp(value, use->key->initial))
		return true;
	/* On v1 another key tells what is in the same file. */
	if (!place->hierarchy->v2 && (use->key->approximate || !strcmp(use->key->name, "io.bfq.weight")))
		return true;
	/* An idle group's. */
	if (!strcmp(use->key->name, "cpu.weight") && !strcmp(value, "0"))
		return true;
	if (use->key->kind == PLAN_KEY_LIST)
		return is_inherited(place, use->file, value);
	return use->key->kind == PLAN_KEY_IO_WEIGHT && !place->hierarchy->v2 && !strchr(value, '\n') &&
	       is_initial_weight(cgroup, place);
}

static void add(struct limits *limits, const char *name)
{
	struct plan_key_use *use = arena_alloc(limits->cgroup->arena, sizeof(*use));
	struct err absent = { 0 };
	const char *value = run_cgroup_get(limits->cgroup, name, use, &absent);

	if (!value || is_initial(limits->cgroup, use, value))
		return;
	if (limits->count + 1 >= limits->size) {
		limits->size = limits->size ? limits->size * 2 : 16;
		limits->items = memory_grow(limits->items, limits->size, sizeof(*limits->items));
	}
	limits->items[limits->count++] = (struct run_cgroup_limit){ use->name, value, use };
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the group's files that a pattern with a "*" fits, in order. */
static void add_each(struct limits *limits, const struct plan_key *key)
{
	struct arena *arena = limits->cgroup->arena;
	struct run_cgroup_place *place =
		run_cgroup_find(limits->cgroup, plan_key_controller(arena, key->name));
	auto_closedir DIR *dir = NULL;
	const struct dirent *entry;
	const char *names[32];
	size_t count = 0;
	int fd = place && place->group ? openat(place->group->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
				       : -1;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		close_keep_errno(fd);
		return;
	}
	while (count < ARRAY_SIZE(names) && (entry = readdir(dir))) {
		struct plan_key_use use = plan_key_find(arena, arena_strdup(arena, entry->d_name));

		if (use.key == key && use.is_v1 == !place->hierarchy->v2)
			names[count++] = use.file;
	}
	qsort(names, count, sizeof(*names), compare);
	for (size_t i = 0; i < count; i++)
		add(limits, names[i]);
}

struct run_cgroup_limit *run_cgroup_limits(struct run_cgroup *cgroup)
{
	struct limits limits = { .cgroup = cgroup };
	struct run_cgroup_limit *result;
	const struct plan_key *key;

	for (size_t i = 0; (key = plan_key_at(i)); i++) {
		if (!key->initial)
			continue;
		if (strchr(key->name, '*'))
			add_each(&limits, key);
		else
			add(&limits, key->name);
	}
	result = arena_array(cgroup->arena, limits.count + 1, sizeof(*result));
	if (limits.count)
		memcpy(result, limits.items, limits.count * sizeof(*result));
	free(limits.items);
	return result;
}
