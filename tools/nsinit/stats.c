/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What containers use: a table for people, exact numbers as JSON. */
#include <stdio.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "common/amount.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/cgroup/stats.h"
#include "nsinit/commands.h"
#include "nsinit/matching.h"
#include "nsinit/nsinit.h"
#include "run/run.h"
#include "run/stats.h"

struct stats_options {
	bool json;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "exact numbers, in the form that events has", OPTION_FLAG,
	  offsetof(struct stats_options, json), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "ID", "id", ROWS_TEXT },
	{ "CPU", "cpu", ROWS_NUMBER },
	{ "MEMORY", "memory", ROWS_NUMBER },
	{ "LIMIT", "limit", ROWS_NUMBER },
	{ "PIDS", "pids", ROWS_NUMBER },
	{ "READ", "read", ROWS_NUMBER },
	{ "WRITTEN", "written", ROWS_NUMBER },
};

struct report {
	struct arena *arena;
	struct rows rows;
	struct json *json; /* NULL: the table */
	bool all;          /* no id was given: those that do not run are passed over */
};

static void add_row(struct report *report, const char *id, const struct kern_cgroup_stats *groups)
{
	struct arena *arena = report->arena;
	uint64_t read = 0, written = 0;

	for (size_t i = 0; i < groups->io_count; i++) {
		read += groups->io[i].read_bytes;
		written += groups->io[i].write_bytes;
	}
	rows_add(&report->rows, (const char *const[]){ id, amount_time(arena, groups->cpu.usage),
						       amount_bytes(arena, groups->memory.usage),
						       amount_bytes(arena, groups->memory.limit),
						       amount_count(arena, groups->pids),
						       amount_bytes(arena, read), amount_bytes(arena, written) });
}

static int add(const struct run_context *context, const char *id, void *data, struct err *err)
{
	struct report *report = data;
	struct run_stats stats;
	struct json *object;

	if (run_stats(context, id, report->arena, &stats, err)) {
		if (!report->all || (err->kind != ERR_STATE && err->kind != ERR_NOT_FOUND))
			return -1;
		*err = (struct err){ 0 };
		return 0;
	}
	if (!report->json) {
		add_row(report, id, stats.groups);
		return 0;
	}
	object = json_add_object(report->json);
	json_set_string(object, "id", id);
	json_set(object, "data", run_stats_json(&stats));
	return 0;
}

static int print(const struct run_context *context, const char *const *ids, struct report *report,
		 struct err *err)
{
	const char **every;
	int ret;

	if (report->all && matching_ids(context, "", report->arena, &every, err))
		return -1;
	ret = matching_each(context, report->all ? every : ids, add, report, err);
	if (report->json)
		rows_print_json(report->json, true);
	else if (report->rows.count || report->all)
		rows_print(&report->rows);
	return rows_flush(err) || ret ? -1 : 0;
}

static int stats_command(struct command_call *call, struct err *err)
{
	struct stats_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct report report = { .rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) } };

	if (read)
		return read < 0 ? -1 : 0;
	report.arena = arena_new();
	report.all = operands.count == 0;
	report.json = options.json ? json_array() : NULL;
	ret = print(nsinit_context(call), (const char *const *)operands.items, &report, err);
	json_free(report.json);
	rows_free(&report.rows);
	arena_free(report.arena);
	return ret;
}

const struct command nsinit_stats = {
	.name = "stats",
	.synopsis = "[OPTIONS] [ID...]",
	.summary = "show what containers use: CPU time, memory, processes, I/O",
	.details = "Without an ID: of all that run. In JSON times are nanoseconds, sizes bytes, and\n"
		   "18446744073709551615 is \"no limit\"; what this host does not count is left out.\n",
	.tables = tables,
	.max_operands = -1,
	.run = stats_command,
};
