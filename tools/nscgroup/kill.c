/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_control.h"
#include "spec/names.h"

struct kill_options {
	const char *signal;
	uint64_t timeout_usec;
};

static const struct option_entry entries[] = {
	{ "signal", 's', "SIGNAL", "send this once to each process, and do not wait (default: KILL)",
	  OPTION_TEXT, offsetof(struct kill_options, signal), NULL },
	{ "timeout", 't', "TIME", "give up after this time (default: 10s)", OPTION_TIME,
	  offsetof(struct kill_options, timeout_usec), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int kill_command(struct command_call *call, struct err *err)
{
	struct kill_options options = { .timeout_usec = 10000000 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), signal = SIGKILL;

	if (read)
		return read < 0 ? -1 : 0;
	if (options.signal && spec_signal_parse(options.signal, &signal)) {
		err_set(err, ERR_USAGE, "", "unknown signal \"%.100s\"", options.signal);
		return err_hint(err, "a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64");
	}
	for (int i = 0; i < operands.count; i++) {
		struct run_cgroup auto_cgroup cgroup = { 0 };

		if (nscgroup_open(call, operands.items[i], &cgroup, err))
			return -1;
		if (signal == SIGKILL ? run_cgroup_kill(&cgroup, nscgroup_msec(options.timeout_usec), err)
				      : run_cgroup_signal(&cgroup, signal, NULL, err))
			return -1;
	}
	return 0;
}

const struct command nscgroup_kill = {
	.name = "kill",
	.synopsis = "[OPTIONS] TARGET...",
	.summary = "kill all processes of a group and of those below it",
	.details = NSCGROUP_TARGET_HELP
	"Returns when none is left: however fast they fork, and frozen or not.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = kill_command,
};
