/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "common/command.h"
#include "nsinit/begin.h"
#include "nsinit/commands.h"
#include "run/run.h"

static int run(struct begin *begin, struct command_call *call, struct err *err)
{
	const struct run_request *request = begin_request(begin);
	int status = 0;

	if (begin_is_dry(begin))
		return begin_print_plan(begin, err);
	if (run_run(begin_context(begin), request, &status, err))
		return -1;
	if (request->detach && begin_id_is_made_up(begin))
		puts(begin_id(begin));
	call->status = request->detach ? 0 : command_wait_status(status);
	return 0;
}

static int run_command(struct command_call *call, struct err *err)
{
	struct begin *begin = NULL;
	int ret = begin_read(&begin, call, false, err);

	if (!ret && begin)
		ret = run(begin, call, err);
	begin_free(begin);
	return ret;
}

const struct command nsinit_run = {
	.name = "run",
	.synopsis = "[OPTIONS] [ID] [-- COMMAND [ARGUMENT...]]",
	.summary = "start a container, stay until its end, return its status",
	.details =
		"The spec is --spec FILE, or config.json of --bundle DIR, or ./config.json where there is\n"
		"one, or made of the options below, or the built-in default: this host's files under an\n"
		"overlay that vanishes. COMMAND takes the place of process.args.\n",
	.tables = begin_run_tables,
	.max_operands = -1,
	.starts_process = true,
	.hands_on_status = true,
	.run = run_command,
};
