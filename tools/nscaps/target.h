/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command looks at: a process, or the first process of a container. */
#ifndef NSTOOLS_NSCAPS_TARGET_H
#define NSTOOLS_NSCAPS_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct command_call;
struct err;
struct json;

struct target {
	const char *name;      /* as it was typed; NULL: nscaps itself */
	const char *container; /* its id, or NULL */
	int dir;	       /* /proc/PID, the caller's to close */
	pid_t pid;
};
#define TARGET_NONE { .dir = -1 }

/*
 * text: a process' number, or a container's id; "self" or NULL: nscaps itself,
 * which has what its caller hands on. Errors say what there is not.
 */
int target_open(const struct command_call *call, const char *text, struct target *target, struct err *err);

/* It has only digits: a process, not a container. */
bool target_is_process(const char *text);

#endif
