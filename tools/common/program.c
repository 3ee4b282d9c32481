/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/elevated.h"
#include "common/option.h"
#include "common/program.h"
#include "common/rows.h"

#define TABLES_MAX 8

struct program_values {
	bool version, list_options;
};

static const struct option_entry program_entries[] = {
	{ "version", 'V', NULL, "print the version", OPTION_FLAG, offsetof(struct program_values, version),
	  NULL },
	{ "v", 'v', NULL, NULL, OPTION_FLAG, offsetof(struct program_values, version), NULL },
	/* for tools/completion and tests/check/help */
	{ "list-options", 0, NULL, NULL, OPTION_FLAG, offsetof(struct program_values, list_options), NULL },
};

const struct option_table program_options = { "Options", program_entries, ARRAY_SIZE(program_entries) };

/* Of the program, or of the command named. */
static int print_list(const struct program *program, const struct option_operands *operands,
		      struct err *err)
{
	const struct command *command = NULL;

	if (operands->count) {
		command = command_find(program, operands->items[0], err);
		if (!command)
			return -1;
	}
	command_print_list(program, command);
	return 1;
}

/* Of call->argv. 0: there is a command; 1: all is done; -1 with err. */
static int read_globals(const struct command_call *call, struct option_operands *operands, struct err *err)
{
	const struct program *program = call->program;
	struct program_values values = { 0 };
	void *targets[TABLES_MAX];
	struct option_parse parse = { .tables = program->tables,
				      .targets = targets,
				      .stop_at_operand = true };

	for (size_t i = 0; program->tables[i]; i++)
		targets[i] = program->tables[i] == &program_options ? (void *)&values : call->globals;
	if (option_parse(&parse, call->argc, call->argv, operands, err))
		return -1;
	if (parse.help) {
		command_print_help(program, NULL);
		return 1;
	}
	if (values.version) {
		printf("%s version %s\n%s", program->name, NSTOOLS_VERSION,
		       program->version_lines ? program->version_lines : "");
		return 1;
	}
	if (values.list_options)
		return print_list(program, operands, err);
	if (operands->count)
		return 0;
	err_set(err, ERR_USAGE, "", "no command");
	return err_hint(err, "%s --help lists the commands", program->name);
}

static int call_command(struct command_call *call, const struct option_operands *operands)
{
	struct err err = { 0 };
	char **argv = call->argv;

	call->argc = operands->count;
	call->argv = operands->items;
	if (call->program->begin && call->program->begin(call, argv, &err)) {
		log_error(&err);
		return command_status(call->command, &err);
	}
	return command_run(call);
}

int program_main(const struct program *program, void *globals, int argc, char **argv)
{
	struct command_call call = { .program = program, .globals = globals, .argc = argc, .argv = argv };
	struct option_operands auto_operands operands = { 0 };
	struct err err = { 0 };

	switch (elevated_refuse(&err) ? -1 : read_globals(&call, &operands, &err)) {
	case 0:
		call.command = command_find(program, operands.items[0], &err);
		break;
	case 1:
		if (rows_flush(&err) == 0)
			return 0;
		break;
	default:
		break;
	}
	if (call.command)
		return call_command(&call, &operands);
	log_error(&err);
	return command_status(NULL, &err);
}
