/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/commands.h"
#include "nsinit/matching.h"
#include "nsinit/nsinit.h"
#include "run/run.h"
#include "spec/names.h"

struct kill_options {
	bool all, regex;
	int signal;
};

static const struct option_entry entries[] = {
	{ "all", 'a', NULL, "signal every process of the container", OPTION_FLAG,
	  offsetof(struct kill_options, all), NULL },
	{ "regex", 0, NULL, "ID is a regular expression: all containers that match", OPTION_FLAG,
	  offsetof(struct kill_options, regex), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int kill_one(const struct run_context *context, const char *id, void *data, struct err *err)
{
	const struct kill_options *options = data;

	return run_kill(context, id, options->signal, options->all, err);
}

static int kill_matching(const struct run_context *context, const char *regex, struct kill_options *options,
			 struct err *err)
{
	struct arena *arena = arena_new();
	const char **ids;
	int ret = matching_ids(context, regex, arena, &ids, err);

	if (!ret)
		ret = matching_each(context, ids, kill_one, options, err);
	arena_free(arena);
	return ret;
}

static int kill_command(struct command_call *call, struct err *err)
{
	struct kill_options options = { .signal = SIGTERM };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	const char *signal;

	if (read)
		return read < 0 ? -1 : 0;
	signal = operands.count > 1 ? operands.items[1] : NULL;
	if (signal && spec_signal_parse(signal, &options.signal)) {
		err_set(err, ERR_USAGE, "kill", "unknown signal \"%.100s\"", signal);
		return err_hint(err, "a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64");
	}
	if (options.regex)
		return kill_matching(nsinit_context(call), operands.items[0], &options, err);
	return run_kill(nsinit_context(call), operands.items[0], options.signal, options.all, err);
}

const struct command nsinit_kill = {
	.name = "kill",
	.synopsis = "[OPTIONS] ID [SIGNAL]",
	.summary = "send a signal to a container's process",
	.details = "SIGNAL is a name or a number; TERM unless given.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 2,
	.run = kill_command,
};
