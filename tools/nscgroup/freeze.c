/* SPDX-License-Identifier: GPL-2.0-or-later */
/* freeze and thaw. */
#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_control.h"

struct freeze_options {
	uint64_t timeout_usec;
};

static const struct option_entry entries[] = {
	{ "timeout", 't', "TIME", "give up after this time (default: 10s)", OPTION_TIME,
	  offsetof(struct freeze_options, timeout_usec), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int change(struct command_call *call, int (*act)(struct run_cgroup *, int, struct err *),
		  struct err *err)
{
	struct freeze_options options = { .timeout_usec = 10000000 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	for (int i = 0; i < operands.count; i++) {
		struct run_cgroup auto_cgroup cgroup = { 0 };

		if (nscgroup_open(call, operands.items[i], &cgroup, err) ||
		    act(&cgroup, nscgroup_msec(options.timeout_usec), err))
			return -1;
	}
	return 0;
}

static int freeze_command(struct command_call *call, struct err *err)
{
	return change(call, run_cgroup_freeze, err);
}

static int thaw_command(struct command_call *call, struct err *err)
{
	return change(call, run_cgroup_thaw, err);
}

const struct command nscgroup_freeze = {
	.name = "freeze",
	.synopsis = "[OPTIONS] TARGET...",
	.summary = "stop all processes of a group, and wait until they have",
	.details = NSCGROUP_TARGET_HELP,
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = freeze_command,
};

const struct command nscgroup_thaw = {
	.name = "thaw",
	.synopsis = "[OPTIONS] TARGET...",
	.summary = "let a frozen group run again",
	.details = NSCGROUP_TARGET_HELP,
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = thaw_command,
};
