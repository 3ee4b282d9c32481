/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/checkpoint.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "nsinit/source.h"
#include "plan/plan.h"
#include "run/checkpoint.h"
#include "run/run.h"
#include "spec/spec.h"
#include "state/state.h"

struct restore_options {
	const char *bundle, *config, *pid_file, *console_socket, *lsm_profile, *lsm_mount_context;
	bool detach, no_subreaper;
};

#define ENTRY(name, letter, argument, help, kind, field)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct restore_options, field), NULL            \
	}

static const struct option_entry restore_entries[] = {
	ENTRY("bundle", 'b', "DIR", "an OCI bundle: a directory with config.json", OPTION_TEXT, bundle),
	ENTRY("config", 'f', "FILE", "the spec's file in the bundle (default: config.json)", OPTION_TEXT, config),
	ENTRY("detach", 'd', NULL, "return when the container runs", OPTION_FLAG, detach),
	ENTRY("pid-file", 0, "FILE", "write the process id there", OPTION_TEXT, pid_file),
	ENTRY("console-socket", 0, "PATH", "send the terminal's master to this AF_UNIX socket", OPTION_TEXT,
	      console_socket),
	ENTRY("no-subreaper", 0, NULL, "do not adopt what the container leaves behind", OPTION_FLAG, no_subreaper),
	ENTRY("lsm-profile", 0, "TYPE:NAME", "another AppArmor profile or SELinux label", OPTION_TEXT, lsm_profile),
	ENTRY("lsm-mount-context", 0, "CONTEXT", "another SELinux context of the mounts that have one", OPTION_TEXT,
	      lsm_mount_context),
};

static const struct option_table restore_table = { "Options", restore_entries, ARRAY_SIZE(restore_entries) };
static const struct option_table *const restore_tables[] = { &restore_table, &checkpoint_table, NULL };

static int restore(struct command_call *call, const struct restore_options *options,
		   const struct run_checkpoint *checkpoint, const char *id, struct err *err)
{
	const struct run_context *context = nsinit_context(call);
	struct source source = { .bundle = options->bundle, .config = options->config, .engine = true };
	struct plan_request plan = { .id = id, .cgroup_manager = (enum plan_cgroup_manager)context->cgroup_manager,
				     .rootless = context->rootless };
	struct run_request request = { .plan = &plan, .console_socket = options->console_socket,
				       .detach = options->detach, .no_subreaper = options->no_subreaper };
	auto_free char *text = NULL, *pid_file = NULL;
	int status = 0, ret;

	if (nsinit_absolute(options->pid_file, &pid_file, err) ||
	    source_read(&source, &request.spec, &text, &request.config_len, err))
		return -1;
	plan.pid_file = pid_file;
	request.config = text;
	ret = run_restore(context, &request, checkpoint, &status, err);
	spec_free(request.spec);
	call->status = options->detach ? 0 : command_wait_status(status);
	return ret;
}

static int restore_command(struct command_call *call, struct err *err)
{
	struct restore_options options = { 0 };
	struct checkpoint_options common = { 0 };
	struct run_checkpoint checkpoint = { 0 };
	struct option_operands auto_operands operands = { 0 };
	struct nsinit_fds fds = { 0 };
	int read = command_options(call, (void *[]){ &options, &common }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	log_set_subject(operands.items[0]);
	if (state_id_check(operands.items[0], err) || checkpoint_fill(&common, &checkpoint, err) ||
	    nsinit_inherit_fds(&fds, err))
		return -1;
	checkpoint.lsm_profile = options.lsm_profile;
	checkpoint.lsm_mount_context = options.lsm_mount_context;
	return restore(call, &options, &checkpoint, operands.items[0], err);
}

const struct command nsinit_restore = {
	.name = "restore",
	.synopsis = "[OPTIONS] ID",
	.summary = "make a container again from what checkpoint wrote",
	.details = "The spec is config.json of --bundle DIR, which is . unless given. In the foreground, as run,\n"
		   "unless --detach is given.\n",
	.tables = restore_tables,
	.min_operands = 1,
	.max_operands = 1,
	.starts_process = true,
	.hands_on_status = true,
	.run = restore_command,
};
