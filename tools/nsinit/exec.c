/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/commands.h"
#include "nsinit/exec_process.h"
#include "nsinit/nsinit.h"
#include "run/run.h"

struct exec_options {
	const char *pid_file, *console_socket, *pidfd_socket, *cgroup;
	uint32_t preserve_fds;
	bool detach, ignore_paused, no_new_keyring;
};

#define ENTRY(name, letter, argument, help, kind, field)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct exec_options, field), NULL               \
	}

static const struct option_entry entries[] = {
	ENTRY("detach", 'd', NULL, "return when it runs", OPTION_FLAG, detach),
	ENTRY("pid-file", 0, "FILE", "write its process id there", OPTION_TEXT, pid_file),
	ENTRY("console-socket", 0, "PATH", "send the terminal's master to this AF_UNIX socket", OPTION_TEXT,
	      console_socket),
	ENTRY("pidfd-socket", 0, "PATH", "send a pidfd of it to this AF_UNIX socket", OPTION_TEXT,
	      pidfd_socket),
	ENTRY("preserve-fds", 0, "N", "pass on N descriptors after standard error", OPTION_UNSIGNED,
	      preserve_fds),
	ENTRY("cgroup", 0, "PATH", "put it into this cgroup below the container's", OPTION_TEXT, cgroup),
	ENTRY("ignore-paused", 0, NULL, "also in a paused container", OPTION_FLAG, ignore_paused),
	ENTRY("no-new-keyring", 0, NULL, "keep the caller's session keyring", OPTION_FLAG, no_new_keyring),
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, &exec_process_table, NULL };

static int execute(struct command_call *call, const struct exec_options *options,
		   struct exec_process *process, char *const *operands, struct err *err)
{
	const struct run_context *context = nsinit_context(call);
	struct nsinit_fds fds = { .preserved = options->preserve_fds };
	struct run_exec_request request = { .id = operands[0],
					    .console_socket = options->console_socket,
					    .pidfd_socket = options->pidfd_socket,
					    .sub_cgroup = options->cgroup,
					    .detach = options->detach,
					    .ignore_paused = options->ignore_paused,
					    .no_new_keyring = options->no_new_keyring };
	auto_free char *pid_file = NULL;
	int status = 0;

	if (nsinit_inherit_fds(&fds, err) || nsinit_absolute(options->pid_file, &pid_file, err))
		return -1;
	request.preserve_fds = fds.preserved;
	request.listen = (struct run_listen){ fds.listen, fds.listen_names };
	request.pid_file = pid_file;
	request.process = exec_process_read(process, context, operands, err);
	if (!request.process || run_exec(context, &request, &status, err))
		return -1;
	call->status = options->detach ? 0 : command_wait_status(status);
	return 0;
}

static int exec_command(struct command_call *call, struct err *err)
{
	struct exec_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	struct exec_process *process = exec_process_new();
	int ret = command_options(call, (void *[]){ &options, process }, &operands, err);

	if (!ret)
		ret = execute(call, &options, process, operands.items, err);
	exec_process_free(process);
	return ret < 0 ? -1 : 0;
}

const struct command nsinit_exec = {
	.name = "exec",
	.synopsis = "[OPTIONS] ID COMMAND [ARGUMENT...]",
	.summary = "execute another process in a running container",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.stop_at_operand = true,
	.starts_process = true,
	.hands_on_status = true,
	.run = exec_command,
};
