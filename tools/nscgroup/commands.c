/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "common/command.h"
#include "nscgroup/commands.h"

const struct command *const nscgroup_commands[] = {
	&nscgroup_list,    &nscgroup_show,   &nscgroup_get,
	&nscgroup_set,     &nscgroup_create, &nscgroup_delete,
	&nscgroup_run,     &nscgroup_attach, &nscgroup_freeze,
	&nscgroup_thaw,    &nscgroup_kill,   &nscgroup_stat,
	&nscgroup_top,     &nscgroup_events, &nscgroup_wait,
	&nscgroup_devices, &nscgroup_keys,   NULL,
};
