/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command looks at: a process, or the first process of a container. */
#ifndef NSTOOLS_NSCAPS_TARGET_H
#define NSTOOLS_NSCAPS_TARGET_H

#include "run/find.h"

struct command_call;
struct err;

struct target {
	const char *name;      /* as it was typed; NULL: nscaps itself */
	const char *container; /* its id, or NULL */
	struct run_found process;
};

/*
 * text: a process' number, or a container's id; "self" or NULL: nscaps itself,
 * which has what its caller hands on. Errors say what there is not.
 * target_close() it after either.
 */
int target_open(const struct command_call *call, const char *text, struct target *target, struct err *err);
void target_close(struct target *target);

#endif
