/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes of a container: our own table, their pids as JSON, or what ps(1) says of them. */
#include <stdio.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "nsinit/ps_table.h"
#include "run/run.h"

enum { FORMAT_TABLE, FORMAT_JSON };

struct ps_options {
	int format;
	bool json, quiet;
};

static const struct option_entry entries[] = {
	{ "format", 'f', "table|json", "how to print it", OPTION_CHOICE, offsetof(struct ps_options, format),
	  NULL },
	{ "json", 0, NULL, "the same as --format json", OPTION_FLAG, offsetof(struct ps_options, json),
	  NULL },
	{ "quiet", 'q', NULL, "only the pids", OPTION_FLAG, offsetof(struct ps_options, quiet), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static void print_json(const struct run_process_list *list)
{
	struct json *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_add_u64(array, (uint64_t)list->pids[i]);
	rows_print_json(array, false);
	json_free(array);
}

static void print_pids(const struct run_process_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		printf("%d\n", (int)list->pids[i]);
}

static int print(const struct ps_options *options, const struct run_process_list *list,
		 const struct option_operands *operands, struct err *err)
{
	const char *const *ps_arguments = (const char *const *)operands->items + 1;

	if (operands->count > 1) {
		if (ps_table_run(list, ps_arguments, err))
			return -1;
	} else if (options->json || options->format == FORMAT_JSON) {
		print_json(list);
	} else if (options->quiet) {
		print_pids(list);
	} else {
		ps_table_print(list);
	}
	return rows_flush(err);
}

static int ps_command(struct command_call *call, struct err *err)
{
	struct ps_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct run_process_list list;
	struct arena *arena;

	if (read)
		return read < 0 ? -1 : 0;
	if (operands.count > 1 && (options.json || options.quiet || options.format == FORMAT_JSON)) {
		err_set(err, ERR_USAGE, "ps", "options of ps(1) go with neither JSON nor --quiet");
		return err_hint(err, "our own options stand before the ID");
	}
	arena = arena_new();
	ret = run_processes(nsinit_context(call), operands.items[0], arena, &list, err);
	if (!ret)
		ret = print(&options, &list, &operands, err);
	arena_free(arena);
	return ret;
}

const struct command nsinit_ps = {
	.name = "ps",
	.synopsis = "[OPTIONS] ID [PS-OPTIONS]",
	.summary = "list the processes of a container",
	.details = "PID is the process as this host sees it, INSIDE as the container does. With\n"
		   "PS-OPTIONS (-ef, aux, ...) ps(1) prints them, and must be told to have a column PID.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.stop_at_operand = true,
	.run = ps_command,
};
