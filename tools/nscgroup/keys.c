/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Not in --help: the names that KEY may be, for completion. */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nscgroup/commands.h"
#include "plan/key.h"

static int keys_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err);
	const struct plan_key *key;
	const char *alias;

	if (read)
		return read < 0 ? -1 : 0;
	for (size_t i = 0; (key = plan_key_at(i)); i++)
		if (!strchr(key->name, '*') && (!operands.count || !key->read_only))
			puts(key->name);
	for (size_t i = 0; (alias = plan_key_alias_at(i)); i++)
		puts(alias);
	return rows_flush(err);
}

const struct command nscgroup_keys = {
	.name = "keys",
	.synopsis = "[set]",
	.summary = "the names that a key may have, or those that can be set, one a line",
	.max_operands = 1,
	.hidden = true,
	.run = keys_command,
};
