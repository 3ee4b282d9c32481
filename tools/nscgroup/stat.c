/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "common/amount.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/cgroup/events.h"
#include "kern/cgroup/stats.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "nscgroup/stat_text.h"
#include "run/cgroup.h"
#include "run/cgroup_stats.h"
#include "run/cgroup_tree.h"
#include "run/cgroup_watch.h"

struct stat_options {
	bool json, bytes, recursive, watch;
	uint64_t interval_usec;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "objects, exact numbers", OPTION_FLAG, offsetof(struct stat_options, json), NULL },
	{ "bytes", 'b', NULL, "exact numbers: bytes and microseconds", OPTION_FLAG,
	  offsetof(struct stat_options, bytes), NULL },
	{ "recursive", 'r', NULL, "a table, with all groups below", OPTION_FLAG,
	  offsetof(struct stat_options, recursive), NULL },
	{ "watch", 'w', NULL, "again after each interval, as JSON lines, until the group is gone",
	  OPTION_FLAG, offsetof(struct stat_options, watch), NULL },
	{ "interval", 'i', "TIME", "of --watch (default: 1s)", OPTION_TIME,
	  offsetof(struct stat_options, interval_usec), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "GROUP", "group", ROWS_TEXT },       { "CPU", "cpu", ROWS_NUMBER },
	{ "MEMORY", "memory", ROWS_NUMBER },   { "LIMIT", "limit", ROWS_NUMBER },
	{ "PIDS", "pids", ROWS_NUMBER },       { "READ", "read", ROWS_NUMBER },
	{ "WRITTEN", "written", ROWS_NUMBER },
};

struct report {
	const struct stat_options *options;
	struct arena *arena;
	struct rows rows;
	struct json *json; /* NULL: the table */
};

static const char *bytes_text(const struct report *report, uint64_t bytes)
{
	return report->options->bytes && bytes < KERN_CGROUP_UNKNOWN ? amount_count(report->arena, bytes)
								     : amount_bytes(report->arena, bytes);
}

static void add_row(struct report *report, const char *path, const struct kern_cgroup_stats *stats)
{
	uint64_t read = 0, written = 0;

	for (size_t i = 0; i < stats->io_count; i++) {
		read += stats->io[i].read_bytes;
		written += stats->io[i].write_bytes;
	}
	rows_add(&report->rows,
		 (const char *const[]){ path,
					report->options->bytes ? amount_count(report->arena, stats->cpu.usage)
							       : amount_time(report->arena, stats->cpu.usage),
					bytes_text(report, stats->memory.usage),
					bytes_text(report, stats->memory.limit),
					amount_count(report->arena, stats->pids), bytes_text(report, read),
					bytes_text(report, written) });
}

/* The target's name and path stand before the figures. */
static struct json *object_of(const char *target, const char *path, const struct kern_cgroup_stats *stats)
{
	struct json *object = run_cgroup_stats_json(stats);
	struct json *whole = json_object();
	struct json_at root = json_root(object, ""), item = { 0 };

	json_set_string(whole, "target", target);
	json_set_string(whole, "path", path);
	while (json_next(&root, &item))
		json_set(whole, item.key, json_copy(item.node));
	json_free(object);
	return whole;
}

static void add(struct report *report, const struct run_cgroup *cgroup, const char *path,
		const struct kern_cgroup_stats *stats)
{
	if (report->json)
		json_add(report->json, object_of(cgroup->name, path, stats));
	else
		add_row(report, path ? path : cgroup->name, stats);
}

static int add_tree(struct report *report, struct run_cgroup *cgroup, struct err *err)
{
	const char *base = !cgroup->path ? cgroup->name : strcmp(cgroup->path, "/") != 0 ? cgroup->path : "";
	struct run_cgroup_tree tree = { 0 };
	int ret = run_cgroup_tree_read(cgroup, RUN_TREE_STATS, &tree, err);

	for (size_t i = 0; !ret && i < tree.count; i++) {
		const char *path = arena_printf(report->arena, "%s%s", base, tree.entries[i].path);

		add(report, cgroup, *path ? path : "/", tree.entries[i].stats);
	}
	run_cgroup_tree_free(&tree);
	return ret;
}

static int add_target(struct report *report, const struct command_call *call, const char *target,
		      struct err *err)
{
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct kern_cgroup_stats stats;

	if (nscgroup_open(call, target, &cgroup, err))
		return -1;
	if (report->options->recursive)
		return add_tree(report, &cgroup, err);
	if (run_cgroup_stats(&cgroup, &stats, err))
		return -1;
	add(report, &cgroup, cgroup.path ? arena_strdup(report->arena, cgroup.path) : NULL, &stats);
	return 0;
}

/* One target alone: every figure, a line each. */
static int print_one(const struct command_call *call, const char *target, const struct stat_options *options,
		     struct err *err)
{
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct kern_cgroup_stats stats;
	struct json *object;

	if (nscgroup_open(call, target, &cgroup, err) || run_cgroup_stats(&cgroup, &stats, err))
		return -1;
	object = options->json ? object_of(cgroup.name, cgroup.path, &stats) : run_cgroup_stats_json(&stats);
	if (options->json)
		rows_print_json(object, true);
	else
		stat_text_print(object, options->bytes, stdout);
	json_free(object);
	return rows_flush(err);
}

static int print_line(struct run_cgroup *cgroup, struct err *err)
{
	struct kern_cgroup_stats stats;
	char time[TIMESTAMP_SIZE];
	struct json *object;

	if (run_cgroup_stats(cgroup, &stats, err))
		return -1;
	object = object_of(cgroup->name, cgroup->path, &stats);
	json_set_string(object, "time", timestamp_now(time));
	rows_print_json(object, false);
	json_free(object);
	return rows_flush(err);
}

static int watch(const struct command_call *call, const char *target, uint64_t interval_usec, struct err *err)
{
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct kern_cgroup_event_counts counts = { 0 };
	struct run_cgroup_watch *watch;
	enum run_cgroup_event event;
	int ret;

	if (nscgroup_open(call, target, &cgroup, err))
		return -1;
	watch = run_cgroup_watch_open(&cgroup, interval_usec, err);
	if (!watch)
		return -1;
	while ((ret = run_cgroup_watch_next(watch, -1, &event, err)) > 0) {
		run_cgroup_watch_counts(watch, &counts);
		if (event == RUN_CGROUP_TIME && print_line(&cgroup, err))
			break;
		if (counts.gone)
			break;
	}
	run_cgroup_watch_close(watch);
	/* Its end is the end of the watch. */
	if (err->kind == ERR_NOT_FOUND)
		*err = (struct err){ 0 };
	return err_is_set(err) ? -1 : 0;
}

static int print_report(const struct command_call *call, char **targets, struct report *report,
			struct err *err)
{
	int ret = 0;

	for (char **target = targets; !ret && *target; target++)
		ret = add_target(report, call, *target, err);
	if (ret)
		return -1;
	if (report->json)
		rows_print_json(report->json, true);
	else
		rows_print(&report->rows);
	return rows_flush(err);
}

static int check(const struct stat_options *options, int count, struct err *err)
{
	if (options->watch && (count > 1 || options->recursive))
		return err_set(err, ERR_USAGE, "--watch", "one group at a time");
	if (!options->interval_usec)
		return err_set(err, ERR_USAGE, "--interval", "expected more than 0");
	return 0;
}

static int stat_command(struct command_call *call, struct err *err)
{
	struct stat_options options = { .interval_usec = 1000000 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct report report = { .options = &options,
				 .rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) } };

	if (read)
		return read < 0 ? -1 : 0;
	if (check(&options, operands.count, err))
		return -1;
	if (options.watch)
		return watch(call, operands.items[0], options.interval_usec, err);
	if (operands.count == 1 && !options.recursive)
		return print_one(call, operands.items[0], &options, err);
	report.arena = arena_new();
	report.json = options.json ? json_array() : NULL;
	ret = print_report(call, operands.items, &report, err);
	json_free(report.json);
	rows_free(&report.rows);
	arena_free(report.arena);
	return ret;
}

const struct command nscgroup_stat = {
	.name = "stat",
	.synopsis = "[OPTIONS] TARGET...",
	.summary = "show what a group uses: memory, CPU time, processes, I/O, pressure",
	.details = NSCGROUP_TARGET_HELP
	"The same figures on every host; \"-\", in JSON null, is what this one does not count.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = stat_command,
};
