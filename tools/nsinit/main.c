/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsinit: the options before the command, and the command. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/fd.h"
#include "kern/process.h"
#include "kern/self.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "plan/plan.h"
#include "run/run.h"
#include "spec/spec.h"
#include "state/state.h"

/* --rootless, --rootless=true|false|auto: engines write all of them. */
static int parse_rootless(void *value, const char *text, struct err *err)
{
	int *rootless = value;
	bool is = true;

	if (text && !strcmp(text, "auto")) {
		*rootless = NSINIT_ROOTLESS_AUTO;
		return 0;
	}
	if (text && option_bool(text, &is))
		return err_set(err, ERR_USAGE, "",
			       "--rootless: expected true, false or auto, found \"%.100s\"", text);
	*rootless = is ? NSINIT_ROOTLESS : NSINIT_NOT_ROOTLESS;
	return 0;
}

static const struct option_entry global_entries[] = {
	{ "root", 0, "DIR", "where the containers' state is kept (default: /run/nsinit)", OPTION_TEXT,
	  offsetof(struct nsinit, root), NULL },
	{ "log", 0, "FILE", "write errors and warnings to FILE too", OPTION_TEXT,
	  offsetof(struct nsinit, log), NULL },
	{ "log-format", 0, "text|json", "the format of --log", OPTION_CHOICE,
	  offsetof(struct nsinit, log_format), NULL },
	{ "log-level", 0, "error|warning|info|debug", "what is logged (default: warning)", OPTION_TEXT,
	  offsetof(struct nsinit, log_level), NULL },
	{ "debug", 0, NULL, "the same as --log-level debug", OPTION_FLAG, offsetof(struct nsinit, debug),
	  NULL },
	{ "cgroup-manager", 0, "cgroupfs|systemd|disabled", "who makes the container's cgroup", OPTION_CHOICE,
	  offsetof(struct nsinit, cgroup_manager), NULL },
	{ "systemd-cgroup", 0, NULL, "the same as --cgroup-manager systemd", OPTION_FLAG,
	  offsetof(struct nsinit, systemd_cgroup), NULL },
	{ "rootless", 0, "[BOOL]", "do without what only root can do (default: unless run by root)",
	  OPTION_CALL, offsetof(struct nsinit, rootless), parse_rootless },
	{ "version", 'V', NULL, "print the version", OPTION_FLAG, offsetof(struct nsinit, version), NULL },
	{ "v", 'v', NULL, NULL, OPTION_FLAG, offsetof(struct nsinit, version), NULL },
	/* for tools/completion and tests/check/help */
	{ "list-options", 0, NULL, NULL, OPTION_FLAG, offsetof(struct nsinit, list_options), NULL },
};

static const struct option_table global_table = { "Options", global_entries, ARRAY_SIZE(global_entries) };
static const struct option_table *const global_tables[] = { &global_table, NULL };

static const struct program nsinit_program = {
	.name = "nsinit",
	.summary = "start and manage containers from JSON specs",
	.tables = global_tables,
	.commands = nsinit_commands,
};

static void print_version(void)
{
	printf("nsinit version %s\nspec: %s\n", NSTOOLS_VERSION, SPEC_OCI_VERSION);
}

static int open_log(const struct nsinit *nsinit, struct err *err)
{
	enum log_level level = LOG_LEVEL_WARNING;

	if (nsinit->debug)
		level = LOG_LEVEL_DEBUG;
	if (nsinit->log_level && log_level_parse(nsinit->log_level, &level)) {
		err_set(err, ERR_USAGE, "--log-level", "expected error, warning, info or debug");
		return err_object(err, "%s", nsinit->log_level);
	}
	log_set_level(level);
	return nsinit->log && *nsinit->log ? log_open(nsinit->log, nsinit->log_format == 1, err) : 0;
}

static int fill_context(struct nsinit *nsinit, struct err *err)
{
	struct run_context *context = nsinit->context;

	if (!nsinit->root) {
		nsinit->root_default = state_root_default(err);
		if (!nsinit->root_default)
			return -1;
	}
	context->root_path = nsinit->root ? nsinit->root : nsinit->root_default;
	context->rootless = nsinit->rootless == NSINIT_ROOTLESS ||
			    (nsinit->rootless == NSINIT_ROOTLESS_AUTO && geteuid() != 0);
	context->cgroup_manager = nsinit->systemd_cgroup ? PLAN_SYSTEMD : nsinit->cgroup_manager;
	return 0;
}

/* Of the program, or of the command named. */
static int print_list(const struct option_operands *operands, struct err *err)
{
	const struct command *command = NULL;

	if (operands->count) {
		command = command_find(&nsinit_program, operands->items[0], err);
		if (!command)
			return -1;
	}
	command_print_list(&nsinit_program, command);
	return 1;
}

/* The program's own options and the command's name. */
static int read_globals(struct nsinit *nsinit, int argc, char **argv, struct option_operands *operands,
			struct err *err)
{
	struct option_parse parse = { .tables = global_tables,
				      .targets = (void *[]){ nsinit },
				      .stop_at_operand = true };

	if (option_parse(&parse, argc, argv, operands, err))
		return -1;
	if (parse.help) {
		command_print_help(&nsinit_program, NULL);
		return 1;
	}
	if (nsinit->version) {
		print_version();
		return 1;
	}
	if (nsinit->list_options)
		return print_list(operands, err);
	if (operands->count)
		return 0;
	err_set(err, ERR_USAGE, "", "no command");
	return err_hint(err, "nsinit --help lists the commands");
}

static int call_command(struct nsinit *nsinit, const struct command *command,
			struct option_operands *operands, char **argv)
{
	struct command_call call = { .program = &nsinit_program,
				     .command = command,
				     .globals = nsinit,
				     .argc = operands->count,
				     .argv = operands->items };
	struct err err = { 0 };

	if (kern_fd_open_standard(&err) || (command->starts_process && kern_self_protect(argv, &err)) ||
	    open_log(nsinit, &err) || fill_context(nsinit, &err)) {
		log_error(&err);
		return command_status(command, &err);
	}
	return command_run(&call);
}

int main(int argc, char **argv)
{
	struct run_context context = { 0 };
	struct nsinit nsinit = { .context = &context };
	struct option_operands operands __attribute__((cleanup(option_operands_free))) = { 0 };
	const struct command *command = NULL;
	struct err err = { 0 };
	int status;

	log_init("nsinit", LOG_LEVEL_WARNING);
	switch (read_globals(&nsinit, argc, argv, &operands, &err)) {
	case 0:
		command = command_find(&nsinit_program, operands.items[0], &err);
		break;
	case 1:
		if (rows_flush(&err) == 0)
			return 0;
		break;
	default:
		break;
	}
	if (!command) {
		log_error(&err);
		return command_status(NULL, &err);
	}
	status = call_command(&nsinit, command, &operands, argv);
	free(nsinit.root_default);
	return status;
}
