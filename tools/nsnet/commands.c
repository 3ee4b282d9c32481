/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "common/command.h"
#include "nsnet/commands.h"

const struct command *const nsnet_commands[] = {
	&nsnet_show,   &nsnet_add,    &nsnet_del,	  &nsnet_move,	&nsnet_return, &nsnet_route,
	&nsnet_bridge, &nsnet_publish, &nsnet_firewall, &nsnet_limit, &nsnet_apply, &nsnet_hook,  &nsnet_user,
	NULL,
};
