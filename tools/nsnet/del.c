/* SPDX-License-Identifier: GPL-2.0-or-later */
/* del and return: one interface less, or all that was made for a target. */
#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "nsnet/nsnet.h"

struct del_options {
	bool all;
};

static const struct option_entry entries[] = {
	{ "all", 0, NULL, "all that was made for the target: interfaces, leases, rules", OPTION_FLAG,
	  offsetof(struct del_options, all), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int del_command(struct command_call *call, struct err *err)
{
	struct del_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };

	if (read)
		return read < 0 ? -1 : 0;
	if (options.all != (operands.count == 1))
		return err_set(err, ERR_USAGE, "", options.all ? "--all and an interface exclude each other"
							       : "no interface given (or --all)");
	if (nsnet_target_open(call, operands.items[0], options.all ? NSNET_TARGET_GONE : 0, &target, err))
		return -1;
	return options.all ? run_net_take_away(&target.run, err)
			   : run_net_delete(&target.run, operands.items[1], err);
}

static int return_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };

	if (read)
		return read < 0 ? -1 : 0;
	if (nsnet_target_open(call, operands.items[0], 0, &target, err))
		return -1;
	return run_net_return(&target.run, operands.items[1], err);
}

const struct command nsnet_del = {
	.name = "del",
	.synopsis = "[OPTIONS] TARGET [INTERFACE]",
	.summary = "delete an interface, with its leases and rules",
	.details = "One that was moved in goes back to the host.",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 2,
	.run = del_command,
};

const struct command nsnet_return = {
	.name = "return",
	.synopsis = "TARGET INTERFACE",
	.summary = "bring an interface that was moved in back to the host",
	.details = "It has its old name and the addresses that it had there.",
	.min_operands = 2,
	.max_operands = 2,
	.run = return_command,
};
