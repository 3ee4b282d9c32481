/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/command.h"
#include "common/option.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_control.h"

struct attach_options {
	bool threads;
};

static const struct option_entry entries[] = {
	{ "threads", 'T', NULL, "PID is a thread: move it alone", OPTION_FLAG,
	  offsetof(struct attach_options, threads), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int read_pids(char **operands, size_t count, pid_t *pids, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (number_int(operands[i], &pids[i]) || pids[i] <= 0) {
			err_set(err, ERR_USAGE, "", "expected the number of a process, found \"%.100s\"",
				operands[i]);
			return -1;
		}
	return 0;
}

static int attach_command(struct command_call *call, struct err *err)
{
	struct attach_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct run_cgroup auto_cgroup cgroup = { 0 };
	size_t count = (size_t)operands.count - 1;
	auto_free pid_t *pids = NULL;

	if (read)
		return read < 0 ? -1 : 0;
	pids = memory_zalloc(count, sizeof(*pids));
	if (read_pids(operands.items + 1, count, pids, err) ||
	    nscgroup_open(call, operands.items[0], &cgroup, err))
		return -1;
	return run_cgroup_attach(&cgroup, pids, count, options.threads, err);
}

const struct command nscgroup_attach = {
	.name = "attach",
	.synopsis = "[OPTIONS] TARGET PID...",
	.summary = "move processes into a group, in every hierarchy where it is",
	.details = NSCGROUP_TARGET_HELP "When one is refused, those before it go back to where they were.\n",
	.tables = tables,
	.min_operands = 2,
	.max_operands = -1,
	.run = attach_command,
};
