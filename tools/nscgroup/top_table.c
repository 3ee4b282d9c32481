/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "common/amount.h"
#include "kern/cgroup/stats.h"
#include "kern/cgroup/usage.h"
#include "nscgroup/top.h"
#include "run/cgroup_tree.h"

#define UNKNOWN KERN_CGROUP_UNKNOWN

const char *const top_titles[TOP_CELLS] = { "CPU%", "MEMORY", "PIDS", "READ/s", "WRITE/s", "GROUP" };

/* What was added since, as a rate of `per` a second; a counter of before that is unknown tells nothing. */
static uint64_t rate(uint64_t now, uint64_t before, uint64_t elapsed_usec, uint64_t per)
{
	if (now == UNKNOWN || before == UNKNOWN || now < before || elapsed_usec == 0)
		return UNKNOWN;
	return (uint64_t)((double)(now - before) * (double)per / (double)elapsed_usec);
}

/* A name may hold what moves the cursor or changes the terminal. */
static const char *clean(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *p = copy; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
	return copy;
}

static unsigned depth_of(const char *path)
{
	unsigned depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	return depth;
}

static const char *name_of(const struct top_samples *samples, const char *path, bool tree,
			   struct arena *arena)
{
	unsigned depth = depth_of(path);

	if (tree && depth)
		return arena_printf(arena, "%*s%s", 2 * (int)depth, "", clean(arena, strrchr(path, '/') + 1));
	path = arena_printf(arena, "%s%s", samples->base, path);
	return *path ? clean(arena, path) : "/";
}

static struct top_row row_of(const struct top_samples *samples, const struct run_cgroup_entry *entry,
			     const char *name)
{
	const struct run_cgroup_entry *before =
		samples->before ? run_cgroup_tree_find(samples->before, entry->path) : NULL;
	struct kern_cgroup_usage then;

	kern_cgroup_usage_init(&then);
	if (before)
		then = *before->usage;
	return (struct top_row){
		.name = name,
		.memory = entry->usage->memory,
		.pids = entry->usage->pids,
		/* Microseconds in a microsecond; 10000 hundredths of a percent. */
		.cpu = rate(entry->usage->cpu, then.cpu, samples->elapsed_usec, 10000),
		.read = rate(entry->usage->read_bytes, then.read_bytes, samples->elapsed_usec, 1000000),
		.write = rate(entry->usage->write_bytes, then.write_bytes, samples->elapsed_usec, 1000000),
	};
}

/* Unknown is the least. */
static int more(uint64_t a, uint64_t b)
{
	a = a == UNKNOWN ? 0 : a + 1;
	b = b == UNKNOWN ? 0 : b + 1;
	return (a < b) - (a > b);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct top_row *)a)->name, ((const struct top_row *)b)->name);
}

static int by_cpu(const void *a, const void *b)
{
	int order = more(((const struct top_row *)a)->cpu, ((const struct top_row *)b)->cpu);

	return order ? order : by_name(a, b);
}

static int by_memory(const void *a, const void *b)
{
	int order = more(((const struct top_row *)a)->memory, ((const struct top_row *)b)->memory);

	return order ? order : by_name(a, b);
}

static int by_pids(const void *a, const void *b)
{
	int order = more(((const struct top_row *)a)->pids, ((const struct top_row *)b)->pids);

	return order ? order : by_name(a, b);
}

static uint64_t io_of(const struct top_row *row)
{
	return row->read == UNKNOWN || row->write == UNKNOWN ? UNKNOWN : row->read + row->write;
}

static int by_io(const void *a, const void *b)
{
	int order = more(io_of(a), io_of(b));

	return order ? order : by_name(a, b);
}

void top_rows(const struct top_samples *samples, const struct top_view *view, struct arena *arena,
	      struct top_list *list)
{
	static int (*const orders[])(const void *, const void *) = { [TOP_CPU] = by_cpu,
								     [TOP_MEMORY] = by_memory,
								     [TOP_PIDS] = by_pids,
								     [TOP_IO] = by_io,
								     [TOP_NAME] = by_name };
	const struct run_cgroup_tree *now = samples->now;
	struct top_row *rows = arena_array(arena, now->count + samples->name_count + 1, sizeof(*rows));

	*list = (struct top_list){ .rows = rows };
	if (samples->names) {
		for (size_t i = 0; i < samples->name_count; i++) {
			const struct run_cgroup_entry *entry =
				run_cgroup_tree_find(now, samples->names[i].path);

			if (entry)
				rows[list->count++] =
					row_of(samples, entry, clean(arena, samples->names[i].id));
		}
	} else {
		for (size_t i = 0; i < now->count; i++)
			rows[list->count++] =
				row_of(samples, &now->entries[i],
				       name_of(samples, now->entries[i].path, view->tree, arena));
	}
	/* The tree is in its order already. */
	if (list->count && (!view->tree || samples->names))
		qsort(rows, list->count, sizeof(*rows), orders[view->sort]);
}

static const char *percent(struct arena *arena, uint64_t hundredths)
{
	if (hundredths == UNKNOWN)
		return NULL;
	return arena_printf(arena, "%llu.%llu", (unsigned long long)hundredths / 100,
			    (unsigned long long)hundredths / 10 % 10);
}

void top_cells(const struct top_row *row, const struct top_view *view, struct arena *arena,
	       const char *cells[TOP_CELLS])
{
	const char *(*bytes)(struct arena *, uint64_t) = view->exact ? amount_count : amount_bytes;

	cells[0] = percent(arena, row->cpu);
	cells[1] = bytes(arena, row->memory);
	cells[2] = amount_count(arena, row->pids);
	cells[3] = bytes(arena, row->read);
	cells[4] = bytes(arena, row->write);
	cells[5] = row->name;
}
