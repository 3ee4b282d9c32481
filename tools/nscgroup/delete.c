/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_make.h"

struct delete_options {
	bool recursive;
};

static const struct option_entry entries[] = {
	{ "recursive", 'r', NULL, "with the groups below it", OPTION_FLAG,
	  offsetof(struct delete_options, recursive), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int delete_command(struct command_call *call, struct err *err)
{
	struct delete_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	for (int i = 0; i < operands.count; i++) {
		struct run_cgroup auto_cgroup cgroup = { 0 };

		/* A container's groups are nsinit's to remove, and one's own is not empty. */
		if (*operands.items[i] != '/') {
			err_set(err, ERR_USAGE, "",
				"expected the path of a group, which begins with a slash");
			return err_object(err, "%s", operands.items[i]);
		}
		if (nscgroup_open(call, operands.items[i], &cgroup, err) ||
		    run_cgroup_delete(&cgroup, options.recursive, err))
			return -1;
	}
	return 0;
}

const struct command nscgroup_delete = {
	.name = "delete",
	.synopsis = "[OPTIONS] PATH...",
	.summary = "remove groups without processes, from every hierarchy",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = delete_command,
};
