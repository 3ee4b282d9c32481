/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/commands.h"
#include "nsinit/matching.h"
#include "nsinit/nsinit.h"
#include "run/stop.h"
#include "spec/names.h"

#define SECOND 1000000

struct stop_options {
	int signal; /* 0: the spec's */
	uint64_t timeout_usec;
	uint64_t deadline;
	const char **asked; /* those that are to be waited for, NULL at the end */
	size_t asked_count;
};

static int parse_signal(void *value, const char *text, struct err *err)
{
	if (spec_signal_parse(text, value) == 0)
		return 0;
	err_set(err, ERR_USAGE, "--signal", "unknown signal \"%.100s\"", text);
	return err_hint(err, "a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64");
}

static const struct option_entry entries[] = {
	{ "signal", 's', "SIGNAL", "ask by this one (default: nsinit.stopSignal of the spec, or TERM)",
	  OPTION_CALL, offsetof(struct stop_options, signal), parse_signal },
	{ "timeout", 't', "TIME", "kill what has not ended after this time (default: 10s)", OPTION_TIME,
	  offsetof(struct stop_options, timeout_usec), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec / 1000;
}

static int ask(const struct run_context *context, const char *id, void *data, struct err *err)
{
	struct stop_options *options = data;

	if (run_stop_ask(context, id, options->signal, err))
		return -1;
	options->asked[options->asked_count++] = id;
	return 0;
}

static int wait_for(const struct run_context *context, const char *id, void *data, struct err *err)
{
	const struct stop_options *options = data;
	uint64_t now = now_usec();

	return run_stop_wait(context, id, options->deadline > now ? options->deadline - now : 0, err);
}

static int stop_command(struct command_call *call, struct err *err)
{
	struct stop_options options = { .timeout_usec = 10 * SECOND };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	const char *const *ids = (const char *const *)operands.items;
	uint64_t now = now_usec();

	if (read)
		return read < 0 ? -1 : 0;
	options.asked = memory_zalloc((size_t)operands.count + 1, sizeof(*options.asked));
	options.deadline = options.timeout_usec < UINT64_MAX - now ? now + options.timeout_usec : UINT64_MAX;
	/* All are asked before any is waited for: the timeout is one for all. */
	ret = matching_each(nsinit_context(call), ids, ask, &options, err);
	if (matching_each(nsinit_context(call), options.asked, wait_for, &options, err))
		ret = -1;
	free(options.asked);
	return ret;
}

const struct command nsinit_stop = {
	.name = "stop",
	.synopsis = "[OPTIONS] ID...",
	.summary = "end containers: ask, wait, then kill",
	.details = "Containers that have ended already are no error. Paused ones are resumed.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = stop_command,
};
