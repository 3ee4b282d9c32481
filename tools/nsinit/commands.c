/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "common/command.h"
#include "nsinit/commands.h"

const struct command *const nsinit_commands[] = {
	&nsinit_run,   &nsinit_create, &nsinit_start,  &nsinit_exec,     &nsinit_state,
	&nsinit_list,  &nsinit_ps,     &nsinit_kill,   &nsinit_stop,     &nsinit_delete,
	&nsinit_pause, &nsinit_resume, &nsinit_update, &nsinit_events,   &nsinit_stats,
	&nsinit_wait,  &nsinit_spec,   &nsinit_check,  &nsinit_features,
	&nsinit_checkpoint, &nsinit_restore, NULL,
};
