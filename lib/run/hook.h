/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_RUN_HOOK_H
#define NSTOOLS_RUN_HOOK_H

#include <stddef.h>
#include <sys/types.h>

struct spec;
struct spec_hook;

struct err;
struct state;

/*
 * Run one hook (config.md, "POSIX-platform Hooks"): the state JSON with this
 * status and pid (0: left out) on its standard input. A hook that cannot be
 * started, fails, or outlives its timeout is an ERR_HOOK that names kind,
 * index, path and the end of what it wrote.
 */
int hook_run(const struct spec_hook *hook, const char *kind, size_t index, const char *state_json,
	     struct err *err);

/* The state JSON of a hook (runtime.md, "State"); the caller frees it. */
char *hook_state_json(const struct state *state, const struct spec *spec, const char *status, pid_t pid);

#endif
