/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_RUN_HOOK_H
#define NSTOOLS_RUN_HOOK_H

#include <stddef.h>
#include <sys/types.h>

struct spec;
struct spec_hook;

struct err;
struct state;

struct signals;

/* One hook of one kind, at the time it is due. */
struct hook_call {
	const struct spec_hook *hook;
	const char *kind;
	size_t index;
	const char *state;	 /* JSON, on its standard input: hook_state_json() */
	const char *const *env;	 /* where the hook names none; NULL: the runtime's own */
	struct signals *signals; /* that may interrupt it; or NULL */
};

/*
 * Run it (config.md, "POSIX-platform Hooks"). A hook that cannot be started,
 * fails, or outlives its timeout is an ERR_HOOK that names kind, index, path
 * and the end of what it wrote.
 */
int hook_run(const struct hook_call *call, struct err *err);

/* The state JSON of a hook (runtime.md, "State") with this status and pid (0: none); the caller frees it. */
char *hook_state_json(const struct state *state, const struct spec *spec, const char *status, pid_t pid);

#endif
