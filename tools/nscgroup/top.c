/* SPDX-License-Identifier: GPL-2.0-or-later */
/* top: samples of all groups, as a live table or, for pipes, one after the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "nscgroup/top.h"
#include "run/cgroup.h"
#include "run/cgroup_tree.h"
#include "state/state.h"

struct top_options {
	struct top_view view;
	bool batch, containers;
};

static const struct option_entry entries[] = {
	{ "batch", 'b', NULL, "print one table after the other, for pipes and files", OPTION_FLAG,
	  offsetof(struct top_options, batch), NULL },
	{ "count", 'n', "N", "end after N tables", OPTION_U64, offsetof(struct top_options, view.count),
	  NULL },
	{ "interval", 'i', "TIME", "from one to the next (default: 2s)", OPTION_TIME,
	  offsetof(struct top_options, view.interval_usec), NULL },
	{ "sort", 's', "cpu|memory|pids|io|name", "what is the most on top (default: cpu)", OPTION_CHOICE,
	  offsetof(struct top_options, view.sort), NULL },
	{ "tree", 't', NULL, "as a tree instead", OPTION_FLAG, offsetof(struct top_options, view.tree),
	  NULL },
	{ "containers", 'c', NULL, "nsinit's containers only, by their ids", OPTION_FLAG,
	  offsetof(struct top_options, containers), NULL },
	{ "bytes", 0, NULL, "bytes as exact numbers", OPTION_FLAG, offsetof(struct top_options, view.exact),
	  NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* The groups, and what they were at the last look. */
struct sampler {
	const struct command_call *call;
	const char *target;
	bool containers, has_before;
	struct run_cgroup_tree before;
	uint64_t before_usec;
};

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The path of a container's group: v2's, where it has one. */
static const char *path_of(int root, const char *id, struct arena *arena)
{
	struct state state = { 0 };
	struct err gone = { 0 };
	auto_close int dir = state_open(root, id, &gone);
	const char *path = NULL;

	if (dir < 0 || state_load(dir, id, arena, &state, &gone))
		return NULL;
	for (size_t i = 0; i < state.cgroup_count; i++)
		if (!path || state.cgroups[i].v2)
			path = state.cgroups[i].path;
	return path;
}

static int list_containers(const struct sampler *sampler, struct arena *arena, struct top_samples *samples,
			   struct err *err)
{
	const struct nscgroup *nscgroup = sampler->call->globals;
	auto_free char *fallback = nscgroup->root ? NULL : state_root_default(err);
	struct top_name *names;
	struct err absent = { 0 };
	auto_close int root = -1;
	const char **ids = NULL;
	size_t count = 0;

	if (!nscgroup->root && !fallback)
		return -1;
	root = state_root_open(nscgroup->root ? nscgroup->root : fallback, false, &absent);
	if (root < 0 && absent.kind != ERR_NOT_FOUND) {
		*err = absent;
		return -1;
	}
	if (root >= 0 && state_list(root, arena, &ids, &count, err))
		return -1;
	names = arena_array(arena, count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		const char *path = path_of(root, ids[i], arena);

		if (path)
			names[samples->name_count++] = (struct top_name){ ids[i], path };
	}
	samples->names = names;
	return 0;
}

/* A sample is a look at all groups, opened anew: hierarchies and groups come and go. */
static int sample(void *data, const struct top_view *view, struct arena *arena, struct top_list *list,
		  struct err *err)
{
	struct sampler *sampler = data;
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct run_cgroup_tree now = { 0 };
	struct top_samples samples = { .now = &now, .before = sampler->has_before ? &sampler->before : NULL };
	uint64_t usec;

	if (nscgroup_open(sampler->call, sampler->target, &cgroup, err))
		return -1;
	usec = now_usec();
	if (run_cgroup_tree_read(&cgroup, RUN_TREE_USAGE, &now, err) ||
	    (sampler->containers && list_containers(sampler, arena, &samples, err))) {
		run_cgroup_tree_free(&now);
		return -1;
	}
	samples.elapsed_usec = usec - sampler->before_usec;
	samples.base = !cgroup.path                    ? arena_strdup(arena, cgroup.name)
		       : strcmp(cgroup.path, "/") != 0 ? arena_strdup(arena, cgroup.path)
						       : "";
	top_rows(&samples, view, arena, list);
	run_cgroup_tree_free(&sampler->before);
	sampler->before = now;
	sampler->before_usec = usec;
	sampler->has_before = true;
	return 0;
}

static int print_batch(const struct top_view *view, const struct top_source *source, struct err *err)
{
	static const struct rows_column columns[TOP_CELLS] = {
		{ "CPU%", "cpu", ROWS_NUMBER },      { "MEMORY", "memory", ROWS_NUMBER },
		{ "PIDS", "pids", ROWS_NUMBER },     { "READ/s", "read", ROWS_NUMBER },
		{ "WRITE/s", "write", ROWS_NUMBER }, { "GROUP", "group", ROWS_TEXT },
	};
	struct arena *arena = arena_new();
	struct rows auto_rows table_rows = { .columns = columns, .column_count = TOP_CELLS };
	struct top_list list;
	int ret = source->take(source->data, view, arena, &list, err);

	for (size_t i = 0; !ret && i < list.count; i++) {
		const char *cells[TOP_CELLS];

		top_cells(&list.rows[i], view, arena, cells);
		rows_add(&table_rows, cells);
	}
	if (!ret) {
		rows_print(&table_rows);
		ret = rows_flush(err);
	}
	arena_free(arena);
	return ret;
}

/* Nothing but time tells when to look again. */
static int run_batch(const struct top_view *view, const struct top_source *source, struct err *err)
{
	struct timespec pause = { .tv_sec = (time_t)(view->interval_usec / 1000000),
				  .tv_nsec = (long)(view->interval_usec % 1000000) * 1000 };

	for (uint64_t n = 1;; n++) {
		if (print_batch(view, source, err))
			return -1;
		if (n == view->count)
			return 0;
		nanosleep(&pause, NULL);
		putchar('\n');
	}
}

static int top_command(struct command_call *call, struct err *err)
{
	struct top_options options = { .view.interval_usec = 2000000 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct sampler sampler = { .call = call, .target = "/", .containers = options.containers };
	struct top_source source = { sample, &sampler };

	if (read)
		return read < 0 ? -1 : 0;
	if (options.view.interval_usec < 100000)
		return err_set(err, ERR_USAGE, "--interval", "expected at least 100ms");
	if (operands.count && options.containers)
		return err_set(err, ERR_USAGE, "--containers", "does not go with a TARGET");
	if (operands.count)
		sampler.target = operands.items[0];
	if (options.batch || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		ret = run_batch(&options.view, &source, err);
	else
		ret = top_screen(&options.view, &source, err);
	run_cgroup_tree_free(&sampler.before);
	return ret;
}

const struct command nscgroup_top = {
	.name = "top",
	.synopsis = "[OPTIONS] [TARGET]",
	.summary = "a live table of groups and what they use",
	.details = NSCGROUP_TARGET_HELP
	"Without one: all groups. Keys: c, m, p, i, n sort by CPU, memory, processes, I/O, name;\n"
	"t is a tree; + and - change the interval; arrows scroll; q quits.\n",
	.tables = tables,
	.max_operands = 1,
	.run = top_command,
};
