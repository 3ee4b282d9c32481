/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nscaps: the options before the command, and the command. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "common/program.h"
#include "kern/fd.h"
#include "nscaps/commands.h"
#include "nscaps/nscaps.h"

static const struct option_entry global_entries[] = {
	{ "root", 0, "DIR", "where nsinit keeps the containers' state (default: /run/nsinit)", OPTION_TEXT,
	  offsetof(struct nscaps, root), NULL },
};

static const struct option_table global_table = { "Options", global_entries, ARRAY_SIZE(global_entries) };
static const struct option_table *const global_tables[] = { &global_table, &program_options, NULL };

static int begin(const struct command_call *call, char **argv, struct err *err)
{
	(void)call;
	(void)argv;
	return kern_fd_open_standard(err);
}

static const struct program nscaps_program = {
	.name = "nscaps",
	.summary = "show, decode, limit and find capabilities",
	.tables = global_tables,
	.commands = nscaps_commands,
	.begin = begin,
};

int main(int argc, char **argv)
{
	struct nscaps nscaps = { 0 };
	int status;

	log_init("nscaps", LOG_LEVEL_WARNING);
	status = program_main(&nscaps_program, &nscaps, argc, argv);
	free(nscaps.root_default);
	return status;
}
