/* SPDX-License-Identifier: GPL-2.0-or-later */
/* user: the network of a container without root, through passt's pasta. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "nsnet/nsnet.h"

#define PASTA "pasta"

/*
 * pasta takes our place: it joins the process's user and network namespace,
 * makes an interface there with this host's addresses and routes, and stays in
 * the foreground until it is ended: it does not see the process end. pasta(1)
 */
static int become_pasta(const struct nsnet_target *target, struct err *err)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)target->pid);
	execlp(PASTA, PASTA, "--config-net", "--quiet", "--foreground", pid, (char *)NULL);
	err_system(err, "execute", PASTA);
	return err->errnum == ENOENT ? err_hint(err, "it is in the package passt") : -1;
}

static int user_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };

	if (read)
		return read < 0 ? -1 : 0;
	if (nsnet_target_open(call, operands.items[0], NSNET_TARGET_PROCESS, &target, err))
		return -1;
	if (target.pid)
		return become_pasta(&target, err);
	err_set(err, ERR_USAGE, "", "has no process: user is for a container or a PID");
	return err_object(err, "%s", operands.items[0]);
}

const struct command nsnet_user = {
	.name = "user",
	.synopsis = "TARGET",
	.summary = "give a container of an ordinary user a network",
	.details = "pasta of the package passt carries its connections, as this user's own.",
	.min_operands = 1,
	.max_operands = 1,
	.run = user_command,
};
