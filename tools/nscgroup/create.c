/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_key.h"
#include "run/cgroup_make.h"

struct create_options {
	const char *controllers;
};

static const struct option_entry entries[] = {
	{ "controllers", 'c', "LIST", "only with these: cpu,memory (default: all that there are)",
	  OPTION_TEXT, offsetof(struct create_options, controllers), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* "cpu,memory" as ",cpu,memory,"; each must be somewhere. */
static int read_controllers(struct run_cgroup *cgroup, const char *text, const char **list, struct err *err)
{
	*list = NULL;
	if (!text)
		return 0;
	*list = ",";
	while (*(text += strspn(text, ","))) {
		const char *word = arena_printf(cgroup->arena, "%.*s", (int)strcspn(text, ","), text);

		if (!run_cgroup_find(cgroup, word)) {
			err_set(err, ERR_UNSUPPORTED, "",
				"no cgroup hierarchy of this host has the %s controller", word);
			return err_object(err, "--controllers");
		}
		*list = arena_printf(cgroup->arena, "%s%s,", *list, word);
		text += strlen(word);
	}
	return 0;
}

static int create_command(struct command_call *call, struct err *err)
{
	struct create_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	auto_free struct run_cgroup_assignment *items = NULL;
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct run_cgroup_make make = { .count = (size_t)operands.count - 1 };

	if (read)
		return read < 0 ? -1 : 0;
	if (nscgroup_assignments(operands.items + 1, make.count, &items, err) ||
	    run_cgroup_name(&cgroup, operands.items[0], err) ||
	    read_controllers(&cgroup, options.controllers, &make.controllers, err))
		return -1;
	make.items = items;
	return run_cgroup_create(&cgroup, &make, err) ? nscgroup_hint_key(err) : 0;
}

const struct command nscgroup_create = {
	.name = "create",
	.synopsis = "[OPTIONS] PATH [KEY=VALUE...]",
	.summary = "make a group, in every hierarchy, with limits",
	.details = "On cgroup v2 the controllers are enabled down the path.\n" NSCGROUP_KEYS_HELP,
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = create_command,
};
