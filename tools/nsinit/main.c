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
#include "common/program.h"
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
};

static const struct option_table global_table = { "Options", global_entries, ARRAY_SIZE(global_entries) };
static const struct option_table *const global_tables[] = { &global_table, &program_options, NULL };

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

static int begin(const struct command_call *call, char **argv, struct err *err)
{
	struct nsinit *nsinit = call->globals;

	return kern_fd_open_standard(err) || (call->command->starts_process && kern_self_protect(argv, err)) ||
			       open_log(nsinit, err) || fill_context(nsinit, err) ?
		       -1 :
		       0;
}

static const struct program nsinit_program = {
	.name = "nsinit",
	.summary = "start and manage containers from JSON specs",
	.tables = global_tables,
	.commands = nsinit_commands,
	.version_lines = "spec: " SPEC_OCI_VERSION "\n",
	.begin = begin,
};

int main(int argc, char **argv)
{
	struct run_context context = { 0 };
	struct nsinit nsinit = { .context = &context };
	int status;

	log_init("nsinit", LOG_LEVEL_WARNING);
	status = program_main(&nsinit_program, &nsinit, argc, argv);
	free(nsinit.root_default);
	return status;
}
