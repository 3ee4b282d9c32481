/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/nearest.h"
#include "common/option.h"
#include "common/rows.h"

static const struct option_table *const no_tables[] = { NULL };

static int check_operands(const struct command_call *call, const struct option_operands *operands,
			  struct err *err)
{
	const struct command *command = call->command;

	if (operands->count < command->min_operands) {
		err_set(err, ERR_USAGE, "", "%s: something is missing on the command line", command->name);
		return err_hint(err, "%s %s %s", call->program->name, command->name, command->synopsis);
	}
	if (command->max_operands < 0 || operands->count <= command->max_operands)
		return 0;
	err_set(err, ERR_USAGE, "", "%s: unexpected \"%.200s\"", command->name,
		operands->items[command->max_operands]);
	return err_hint(err, "%s %s %s", call->program->name, command->name, command->synopsis);
}

int command_options(struct command_call *call, void *const *targets, struct option_operands *operands,
		    struct err *err)
{
	const struct command *command = call->command;
	struct option_parse parse = { .tables = command->tables ? command->tables : no_tables,
				      .targets = targets,
				      .before = call->program->tables,
				      .stop_at_operand = command->stop_at_operand };

	if (option_parse(&parse, call->argc, call->argv, operands, err))
		return -1;
	if (!parse.help)
		return check_operands(call, operands, err);
	command_print_help(call->program, command);
	return rows_flush(err) ? -1 : 1;
}

static const struct command *nearest(const struct program *program, const char *name)
{
	size_t length = strlen(name), least = NEAREST_MAX(length) + 1;
	const struct command *found = NULL;

	for (const struct command *const *each = program->commands; *each; each++) {
		size_t distance = nearest_distance(name, length, (*each)->name);

		if (!(*each)->hidden && distance < least) {
			least = distance;
			found = *each;
		}
	}
	return found;
}

const struct command *command_find(const struct program *program, const char *name, struct err *err)
{
	const struct command *near;

	for (const struct command *const *each = program->commands; *each; each++)
		if (!strcmp((*each)->name, name))
			return *each;
	err_set(err, ERR_USAGE, "", "unknown command \"%.100s\"", name);
	near = nearest(program, name);
	if (near)
		err_hint(err, "did you mean %s?", near->name);
	else
		err_hint(err, "%s --help lists the commands", program->name);
	return NULL;
}

int command_status(const struct command *command, const struct err *err)
{
	if (command && command->answers)
		return STATUS_USAGE;
	if (!command || !command->hands_on_status)
		return err->kind == ERR_USAGE ? STATUS_USAGE : STATUS_FAILED;
	if (err->kind == ERR_EXEC)
		return err->errnum == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
	return STATUS_OWN_FAILURE;
}

int command_run(struct command_call *call)
{
	struct err err = { 0 };

	call->status = 0;
	if (call->command->run(call, &err) == 0)
		return call->status;
	log_error(&err);
	return command_status(call->command, &err);
}

int command_wait_status(int status)
{
	return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static void print_commands(const struct program *program)
{
	int column = 0;

	for (const struct command *const *each = program->commands; *each; each++)
		if (!(*each)->hidden && (int)strlen((*each)->name) > column)
			column = (int)strlen((*each)->name);
	printf("\nCommands:\n");
	for (const struct command *const *each = program->commands; *each; each++)
		if (!(*each)->hidden)
			printf("  %-*s  %s\n", column, (*each)->name, (*each)->summary);
	printf("\n%s COMMAND --help tells more of a command.\n", program->name);
}

/* A summary as a sentence. */
static void print_summary(const char *summary)
{
	printf("\n%c%s.\n", toupper((unsigned char)summary[0]), summary + 1);
}

void command_print_help(const struct program *program, const struct command *command)
{
	if (!command) {
		printf("Usage: %s [OPTIONS] COMMAND ...\n", program->name);
		print_summary(program->summary);
		print_commands(program);
		option_print_help(program->tables, stdout);
		return;
	}
	printf("Usage: %s %s", program->name, command->name);
	printf(*command->synopsis ? " %s\n" : "\n", command->synopsis);
	print_summary(command->summary);
	if (command->details)
		printf("\n%s", command->details);
	option_print_help(command->tables, stdout);
}

void command_print_list(const struct program *program, const struct command *command)
{
	if (command) {
		option_print_list(command->tables, stdout);
		return;
	}
	for (const struct command *const *each = program->commands; *each; each++)
		if (!(*each)->hidden)
			printf("%s\t%s\t%s\t%s\n", (*each)->name, (*each)->synopsis,
			       (*each)->stop_at_operand ? "+" : "", (*each)->summary);
	option_print_list(program->tables, stdout);
}
