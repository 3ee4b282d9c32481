/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nscgroup-main: the options before the command, and the command. */
#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "common/program.h"
#include "kern/fd.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "nscgroup/run_stats.h"

static const struct option_entry entries[] = {
	{ "root", 0, "DIR", "where the containers' state is kept (default: /run/nsinit)", OPTION_TEXT,
	  offsetof(struct nscgroup, root), NULL },
	{ "debug", 0, NULL, "tell more of what is done", OPTION_FLAG, offsetof(struct nscgroup, debug),
	  NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, &program_options, NULL };

static int begin(const struct command_call *call, char **argv, struct err *err)
{
	const struct nscgroup *nscgroup = call->globals;

	(void)argv;
	if (nscgroup->debug)
		log_set_level(LOG_LEVEL_DEBUG);
	return kern_fd_open_standard(err);
}

static const struct program program = {
	.name = "nscgroup",
	.summary = "show and change control groups",
	.tables = tables,
	.commands = nscgroup_commands,
	.begin = begin,
};

int main(int argc, char **argv)
{
	struct nscgroup nscgroup = { .argv = argv, .print_stats = run_stats_print };

	log_init("nscgroup", LOG_LEVEL_WARNING);
	return program_main(&program, &nscgroup, argc, argv);
}
