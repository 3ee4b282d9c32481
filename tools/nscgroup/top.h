/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between top.c (sampling), top_table.c (its rows) and top_screen.c (a terminal). */
#ifndef NSTOOLS_NSCGROUP_TOP_H
#define NSTOOLS_NSCGROUP_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct run_cgroup_tree;

/* In the order of the words of --sort. */
enum top_sort { TOP_CPU, TOP_MEMORY, TOP_PIDS, TOP_IO, TOP_NAME };

/* What is shown; a terminal's keys change it. */
struct top_view {
	int sort; /* enum top_sort */
	bool tree;
	bool exact; /* numbers as they are */
	uint64_t interval_usec;
	uint64_t count; /* end after so many; 0: never */
};

/* One container's name, for its group's path. */
struct top_name {
	const char *id, *path;
};

struct top_row {
	const char *name; /* without control characters, indented in a tree */
	/* Hundredths of a CPU's percent; bytes; bytes a second. KERN_CGROUP_UNKNOWN: not known (yet) */
	uint64_t cpu, memory, pids, read, write;
};

/* Two samples of the same groups. */
struct top_samples {
	const struct run_cgroup_tree *now, *before; /* before NULL: the first */
	uint64_t elapsed_usec;
	const char *base;             /* what stands before the paths */
	const struct top_name *names; /* only these, by their ids; NULL: all groups, by their paths */
	size_t name_count;
};

struct top_list {
	struct top_row *rows;
	size_t count;
};

/* Rows in the order of the view, in the arena. */
void top_rows(const struct top_samples *samples, const struct top_view *view, struct arena *arena,
	      struct top_list *list);
enum { TOP_CELLS = 6 };
extern const char *const top_titles[TOP_CELLS];
/* The row's cells, the name last; NULL for what is not known. */
void top_cells(const struct top_row *row, const struct top_view *view, struct arena *arena,
	       const char *cells[TOP_CELLS]);

/* Takes the next sample: its rows live in the arena. */
struct top_source {
	int (*take)(void *data, const struct top_view *view, struct arena *arena, struct top_list *list,
		    struct err *err);
	void *data;
};
/* The live table on the terminal of standard output, until q, a signal or view->count samples. */
int top_screen(struct top_view *view, const struct top_source *source, struct err *err);

#endif
