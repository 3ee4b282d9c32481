/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_key.h"

static int set_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err);
	auto_free struct run_cgroup_assignment *items = NULL;
	struct run_cgroup auto_cgroup cgroup = { 0 };
	size_t count = (size_t)operands.count - 1;

	if (read)
		return read < 0 ? -1 : 0;
	if (nscgroup_assignments(operands.items + 1, count, &items, err) ||
	    nscgroup_open(call, operands.items[0], &cgroup, err))
		return -1;
	return run_cgroup_set(&cgroup, items, count, err) ? nscgroup_hint_key(err) : 0;
}

const struct command nscgroup_set = {
	.name = "set",
	.synopsis = "TARGET KEY=VALUE...",
	.summary = "set limits of a group, all or none",
	.details = NSCGROUP_TARGET_HELP NSCGROUP_KEYS_HELP
	"All values are checked before the first is written, and those written are taken back\n"
	"when one is refused.\n",
	.min_operands = 2,
	.max_operands = -1,
	.run = set_command,
};
