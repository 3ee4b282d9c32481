/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small program: `nscgroup run`, whose own time is in that of every command that it runs. What it cannot do
 * (other commands, --stats) nscgroup-main does.
 */
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/elevated.h"
#include "common/main_program.h"
#include "common/option.h"
#include "common/program.h"
#include "kern/fd.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"

static int begin(const struct command_call *call, char **argv, struct err *err)
{
	(void)call;
	(void)argv;
	return kern_fd_open_standard(err);
}

static const struct option_table *const tables[] = { &program_options, NULL };
static const struct command *const commands[] = { &nscgroup_run, NULL };

static const struct program program = {
	.name = "nscgroup",
	.tables = tables,
	.commands = commands,
	.begin = begin,
};

int main(int argc, char **argv)
{
	struct nscgroup nscgroup = { .argv = argv };
	struct err err = { 0 };

	log_init("nscgroup", LOG_LEVEL_WARNING);
	if (argc > 1 && !strcmp(argv[1], nscgroup_run.name))
		return program_main(&program, &nscgroup, argc, argv);
	if (elevated_refuse(&err) == 0)
		main_program_become("nscgroup", argv, &err);
	log_error(&err);
	return STATUS_FAILED;
}
