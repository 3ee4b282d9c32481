/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsnet: the options before the command, and the command. */
#include <stddef.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "common/program.h"
#include "kern/fd.h"
#include "nsnet/cni.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "nsnet/nsnet.h"

static const struct option_entry global_entries[] = {
	{ "root", 0, "DIR", "where nsinit keeps its containers (default: /run/nsinit)", OPTION_TEXT,
	  offsetof(struct nsnet, root), NULL },
	{ "debug", 0, NULL, "say on standard error what is done", OPTION_FLAG, offsetof(struct nsnet, debug),
	  NULL },
};

static const struct option_table global_table = { "Options", global_entries, ARRAY_SIZE(global_entries) };
static const struct option_table *const global_tables[] = { &global_table, &program_options, NULL };

static int begin(const struct command_call *call, char **argv, struct err *err)
{
	const struct nsnet *nsnet = call->globals;

	(void)argv;
	if (nsnet->debug)
		log_set_level(LOG_LEVEL_DEBUG);
	return kern_fd_open_standard(err);
}

static const struct program nsnet_program = {
	.name = "nsnet",
	.summary = "network interfaces, routes and firewall rules of a namespace",
	.tables = global_tables,
	.commands = nsnet_commands,
	.begin = begin,
};

int main(int argc, char **argv)
{
	struct nsnet nsnet = { 0 };

	if (getenv("CNI_COMMAND"))
		return cni_main();
	log_init("nsnet", LOG_LEVEL_WARNING);
	return program_main(&nsnet_program, &nsnet, argc, argv);
}
