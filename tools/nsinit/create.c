/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/command.h"
#include "nsinit/begin.h"
#include "nsinit/commands.h"
#include "run/run.h"

static int create_command(struct command_call *call, struct err *err)
{
	struct begin *begin = NULL;
	int ret = begin_read(&begin, call, true, err);

	if (!ret && begin)
		ret = begin_is_dry(begin) ? begin_print_plan(begin, err)
					  : run_create(begin_context(begin), begin_request(begin), err);
	begin_free(begin);
	return ret;
}

const struct command nsinit_create = {
	.name = "create",
	.synopsis = "[OPTIONS] ID [-- COMMAND [ARGUMENT...]]",
	.summary = "create a container whose process waits for start",
	.details = "The spec is --spec FILE, or config.json of --bundle DIR, which is . unless given.\n",
	.tables = begin_create_tables,
	.min_operands = 1,
	.max_operands = -1,
	.starts_process = true,
	.run = create_command,
};
