/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "common/command.h"
#include "nsnet/commands.h"

const struct command *const nsnet_commands[] = {
	NULL,
};
