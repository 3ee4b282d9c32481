/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "common/command.h"
#include "nscaps/commands.h"

const struct command *const nscaps_commands[] = {
	&nscaps_show, &nscaps_list, &nscaps_decode, &nscaps_encode, &nscaps_run,  &nscaps_file,
	&nscaps_ps,   &nscaps_test, &nscaps_diff,   &nscaps_trace,  &nscaps_spec, NULL,
};
