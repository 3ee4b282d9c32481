/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "run/run.h"

static int start_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	return run_start(nsinit_context(call), operands.items[0], err);
}

const struct command nsinit_start = {
	.name = "start",
	.synopsis = "ID",
	.summary = "start the process of a created container",
	.min_operands = 1,
	.max_operands = 1,
	.run = start_command,
};
