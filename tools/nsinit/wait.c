/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/commands.h"
#include "nsinit/matching.h"
#include "nsinit/nsinit.h"
#include "run/run.h"
#include "run/wait.h"

/* In the order of the words of --state. */
static const char *const statuses[] = { "stopped", "created", "running", "paused" };

struct wait_options {
	int status;
	uint64_t timeout_usec;
	uint64_t deadline; /* 0: none */
};

static const struct option_entry entries[] = {
	{ "state", 0, "stopped|created|running|paused", "wait until they are this (default: stopped)",
	  OPTION_CHOICE, offsetof(struct wait_options, status), NULL },
	{ "timeout", 't', "TIME", "fail when they are not after this time", OPTION_TIME,
	  offsetof(struct wait_options, timeout_usec), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int wait_for(const struct run_context *context, const char *id, void *data, struct err *err)
{
	const struct wait_options *options = data;
	struct run_wait_request request = { .id = id, .status = statuses[options->status] };
	uint64_t now = now_usec();
	int exit_code;

	/* Past the deadline a look remains: what has ended has ended in time. */
	if (options->deadline)
		request.timeout_usec = options->deadline > now ? options->deadline - now : 1;
	if (run_wait(context, &request, &exit_code, err))
		return -1;
	if (options->status)
		return 0;
	if (exit_code < 0)
		puts("unknown");
	else
		printf("%d\n", exit_code);
	return rows_flush(err);
}

static int wait_command(struct command_call *call, struct err *err)
{
	struct wait_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	if (options.timeout_usec)
		options.deadline = now_usec() + options.timeout_usec;
	return matching_each(nsinit_context(call), (const char *const *)operands.items, wait_for, &options,
			     err);
}

const struct command nsinit_wait = {
	.name = "wait",
	.synopsis = "[OPTIONS] ID...",
	.summary = "wait until containers have ended, and print their exit statuses",
	.details = "One line for each ID, in that order: the exit status, 128+N after signal N, or\n"
		   "\"unknown\" where its parent process took it away before we could see it.\n"
		   "Nothing is printed for other states.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = wait_command,
};
