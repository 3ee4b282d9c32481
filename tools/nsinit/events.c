/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One JSON object a line, as runc's events; "exit" is ours. */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "run/run.h"
#include "run/stats.h"
#include "run/watch.h"

struct events_options {
	uint64_t interval_usec;
	bool stats;
};

static const struct option_entry entries[] = {
	{ "stats", 0, NULL, "print the statistics once and end", OPTION_FLAG,
	  offsetof(struct events_options, stats), NULL },
	{ "interval", 0, "TIME", "from one statistics to the next (default: 5s; 0: none)", OPTION_TIME,
	  offsetof(struct events_options, interval_usec), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* Owns data, which may be NULL. */
static int print(const char *type, const char *id, struct json *data, struct err *err)
{
	struct json *event = json_object();

	json_set_string(event, "type", type);
	json_set_string(event, "id", id);
	if (data)
		json_set(event, "data", data);
	rows_print_json(event, false);
	json_free(event);
	return rows_flush(err);
}

static int print_stats(const struct run_context *context, const char *id, struct err *err)
{
	struct arena *arena = arena_new();
	struct run_stats stats;
	int ret = run_stats(context, id, arena, &stats, err);

	if (!ret)
		ret = print("stats", id, run_stats_json(&stats), err);
	arena_free(arena);
	return ret;
}

/* A container that ends while we look at it is not an error: its end is the next event. */
static int print_stats_if_there(const struct run_context *context, const char *id, struct err *err)
{
	struct err failure = { 0 };

	if (print_stats(context, id, &failure) == 0 || failure.kind == ERR_STATE ||
	    failure.kind == ERR_NOT_FOUND)
		return 0;
	*err = failure;
	return -1;
}

static int print_exit(const char *id, int exit_code, struct err *err)
{
	struct json *data = json_object();

	if (exit_code >= 0)
		json_set_i64(data, "status", exit_code);
	return print("exit", id, data, err);
}

static int follow(const struct run_context *context, const char *id, struct run_watch *watch, struct err *err)
{
	enum run_event event;
	int exit_code, ret;

	while ((ret = run_watch_next(watch, &event, &exit_code, err)) > 0) {
		switch (event) {
		case RUN_EVENT_TIME:
			ret = print_stats_if_there(context, id, err);
			break;
		case RUN_EVENT_OOM:
			ret = print("oom", id, NULL, err);
			break;
		case RUN_EVENT_EXIT:
			ret = print_exit(id, exit_code, err);
			break;
		}
		if (ret < 0)
			break;
	}
	return ret;
}

static int events_command(struct command_call *call, struct err *err)
{
	struct events_options options = { .interval_usec = 5 * 1000000 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	const struct run_context *context = nsinit_context(call);
	struct run_watch *watch;

	if (read)
		return read < 0 ? -1 : 0;
	if (options.stats)
		return print_stats(context, operands.items[0], err);
	watch = run_watch_open(context, operands.items[0], options.interval_usec, err);
	if (!watch)
		return -1;
	ret = follow(context, operands.items[0], watch, err);
	run_watch_close(watch);
	return ret;
}

const struct command nsinit_events = {
	.name = "events",
	.synopsis = "[OPTIONS] ID",
	.summary = "print what happens to a container and what it uses, as JSON lines",
	.details = "Types: \"stats\" at the start and after each interval, \"oom\" when the kernel killed\n"
		   "for the memory limit, \"exit\" with the exit status when the container ends: the last.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = events_command,
};
