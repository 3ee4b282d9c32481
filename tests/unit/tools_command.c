/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands: found by name, their options and operands read, their errors as exit statuses, their help. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"

struct options {
	bool all;
};

static const struct option_entry entries[] = {
	{ "all", 'a', NULL, "all of them", OPTION_FLAG, offsetof(struct options, all), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* What the command was given, for the tests to see. */
static struct {
	struct options options;
	int operands, calls;
} seen;

static int kill_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &seen.options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	seen.operands = operands.count;
	seen.calls++;
	call->status = 42;
	return 0;
}

static const struct command kill_one = {
	.name = "kill",
	.synopsis = "[OPTIONS] ID [SIGNAL]",
	.summary = "send a signal",
	.details = "TERM unless given.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 2,
	.run = kill_command,
};
static const struct command run_one = { .name = "run",
					.synopsis = "",
					.summary = "run it",
					.max_operands = -1,
					.stop_at_operand = true,
					.hands_on_status = true,
					.run = kill_command };
static const struct command hidden_one = {
	.name = "hidden", .synopsis = "", .summary = "secret", .hidden = true, .run = kill_command
};
static const struct command *const commands[] = { &kill_one, &run_one, &hidden_one, NULL };
static const struct program program = {
	.name = "prog", .summary = "do things", .tables = tables, .commands = commands
};

static const struct call_case {
	const char *words[6]; /* the first is the command */
	int status, operands;
	bool all;
	const char *error; /* as standard error shows it; NULL: none */
} call_cases[] = {
	{ .words = { "kill", "a" }, .status = 42, .operands = 1 },
	{ .words = { "kill", "a", "-a", "9" }, .status = 42, .operands = 2, .all = true },
	{ .words = { "kill", "--all=true", "a" }, .status = 42, .operands = 1, .all = true },
	{ .words = { "kill" },
	  .status = 2,
	  .error = "kill: something is missing on the command line|prog kill [OPTIONS] ID [SIGNAL]" },
	{ .words = { "kill", "a", "9", "b" },
	  .status = 2,
	  .error = "kill: unexpected \"b\"|prog kill [OPTIONS] ID [SIGNAL]" },
	{ .words = { "kill", "a", "--al1" },
	  .status = 2,
	  .error = "unknown option --al1|did you mean --all?" },
	{ .words = { "run", "a", "b", "c", "d" }, .status = 42, .operands = 4 },
	{ .words = { "run", "--all" },
	  .status = 125,
	  .error = "unknown option --all|it stands before the command" },
	{ .words = { "run", "--nonsense" },
	  .status = 125,
	  .error = "unknown option --nonsense|--help lists the options" },
};

/* The error as message|hint. */
static const char *failure(const struct err *err)
{
	static char text[2048];

	snprintf(text, sizeof(text), "%s|%s", err->message, err->hint);
	return text;
}

Test(command, calls)
{
	for (size_t i = 0; i < ARRAY_SIZE(call_cases); i++) {
		const struct call_case *c = &call_cases[i];
		struct err err = { 0 };
		struct command_call call = { .program = &program, .argv = (char **)c->words };
		int ret;

		while (c->words[call.argc])
			call.argc++;
		memset(&seen, 0, sizeof(seen));
		call.command = command_find(&program, c->words[0], &err);
		cr_assert(call.command);
		ret = call.command->run(&call, &err);
		cr_expect_eq(ret, c->error ? -1 : 0, "case %zu", i);
		cr_expect_eq(ret ? command_status(call.command, &err) : call.status, c->status,
			     "case %zu: %d", i, command_status(call.command, &err));
		cr_expect_eq(seen.operands, c->operands, "case %zu: %d operands", i, seen.operands);
		cr_expect_eq(seen.options.all, c->all, "case %zu", i);
		if (c->error)
			cr_expect_str_eq(failure(&err), c->error, "case %zu: %s", i, failure(&err));
	}
}

/* command_run() logs and hands the status on. */
Test(command, run_logs, .init = cr_redirect_stderr)
{
	struct command_call call = { .program = &program,
				     .command = &kill_one,
				     .argc = 1,
				     .argv = (char *[]){ (char *)"kill", NULL } };

	log_init("prog", LOG_LEVEL_WARNING);
	cr_expect_eq(command_run(&call), 2);
	call.argc = 2;
	call.argv = (char *[]){ (char *)"kill", (char *)"a", NULL };
	cr_expect_eq(command_run(&call), 42);
	fflush(stderr);
	cr_assert_stderr_eq_str("prog: kill: something is missing on the command line\n"
				"hint: prog kill [OPTIONS] ID [SIGNAL]\n");
}

static const struct status_case {
	const struct command *command;
	struct err err;
	int status;
} status_cases[] = {
	{ NULL, { .kind = ERR_USAGE }, 2 },
	{ NULL, { .kind = ERR_SYSTEM, .errnum = ENOENT }, 1 },
	{ &kill_one, { .kind = ERR_USAGE }, 2 },
	{ &kill_one, { .kind = ERR_NOT_FOUND }, 1 },
	{ &kill_one, { .kind = ERR_EXEC, .errnum = ENOENT }, 1 },
	{ &run_one, { .kind = ERR_USAGE }, 125 },
	{ &run_one, { .kind = ERR_SYSTEM, .errnum = ENOENT }, 125 },
	{ &run_one, { .kind = ERR_EXEC, .errnum = EACCES }, 126 },
	{ &run_one, { .kind = ERR_EXEC, .errnum = ENOENT }, 127 },
};

Test(command, statuses)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_cases); i++) {
		const struct status_case *c = &status_cases[i];
		int status = command_status(c->command, &c->err);

		cr_expect_eq(status, c->status, "case %zu: %d, not %d", i, status, c->status);
	}
	cr_expect_eq(command_wait_status(0), 0);
	cr_expect_eq(command_wait_status(7 << 8), 7);
	cr_expect_eq(command_wait_status(9), 137);
	cr_expect_eq(command_wait_status(11 | 0x80), 139, "the flag of a core dump");
}

static const struct find_case {
	const char *name, *error; /* NULL: found */
} find_cases[] = {
	{ "kill", NULL },
	{ "hidden", NULL },
	{ "kil", "unknown command \"kil\"|did you mean kill?" },
	{ "rnu", "unknown command \"rnu\"|did you mean run?" },
	{ "hiden", "unknown command \"hiden\"|prog --help lists the commands" },
	{ "", "unknown command \"\"|prog --help lists the commands" },
};

Test(command, find)
{
	for (size_t i = 0; i < ARRAY_SIZE(find_cases); i++) {
		const struct find_case *c = &find_cases[i];
		struct err err = { 0 };
		const struct command *command = command_find(&program, c->name, &err);

		cr_expect_eq(command == NULL, c->error != NULL, "\"%s\"", c->name);
		if (c->error) {
			cr_expect_str_eq(failure(&err), c->error, "%s", failure(&err));
			cr_expect_eq(err.kind, ERR_USAGE);
		}
	}
}

Test(command, help_of_one, .init = cr_redirect_stdout)
{
	struct err err = { 0 };
	struct command_call call = { .program = &program,
				     .command = &kill_one,
				     .argc = 2,
				     .argv = (char *[]){ (char *)"kill", (char *)"-h", NULL } };

	cr_expect_eq(kill_one.run(&call, &err), 0);
	cr_expect_eq(call.status, 0);
	cr_expect_eq(seen.calls, 0, "--help did what it explains");
	cr_assert_stdout_eq_str(
		"Usage: prog kill [OPTIONS] ID [SIGNAL]\n\nSend a signal.\n\nTERM unless given.\n"
		"\nOptions:\n  -a, --all   all of them\n  -h, --help  print this and do nothing\n");
}

Test(command, help_of_all, .init = cr_redirect_stdout)
{
	command_print_help(&program, NULL);
	fflush(stdout);
	cr_assert_stdout_eq_str(
		"Usage: prog [OPTIONS] COMMAND ...\n\nDo things.\n"
		"\nCommands:\n  kill  send a signal\n  run   run it\n"
		"\nprog COMMAND --help tells more of a command.\n"
		"\nOptions:\n  -a, --all   all of them\n  -h, --help  print this and do nothing\n");
}

Test(command, lists, .init = cr_redirect_stdout)
{
	command_print_list(&program, NULL);
	command_print_list(&program, &run_one);
	fflush(stdout);
	cr_assert_stdout_eq_str("kill\t[OPTIONS] ID [SIGNAL]\t\tsend a signal\n"
				"run\t\t+\trun it\n"
				"--all\t-a\t\tall of them\n"
				"--help\t-h\t\tprint this and do nothing\n"
				"--help\t-h\t\tprint this and do nothing\n");
}
