/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run a program of the host's and wait for it: hooks, newuidmap, newgidmap, ps. */
#ifndef NSTOOLS_RUN_SPAWN_H
#define NSTOOLS_RUN_SPAWN_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct signals;
struct strbuf;

#define SPAWN_OUTPUT_MAX 512

struct spawn {
	const char *path;
	const char *const *args; /* ends in NULL */
	const char *const *env;	 /* ends in NULL; NULL: the caller's */
	const char *input;	 /* on its standard input; NULL: /dev/null */
	size_t input_len;
	uint64_t timeout_usec; /* 0: none; past it the program is killed */
	struct signals *signals; /* that end it, and the wait for it; or NULL */
	struct strbuf *all;    /* everything it writes, or NULL: only the end of it */
	int own_error;	       /* its standard error is ours, and not among what it wrote */
	/* Results */
	int status;	/* as wait(2) gives it */
	int timed_out;
	char output[SPAWN_OUTPUT_MAX]; /* the end of what it wrote to standard output and error */
};

/*
 * Start spawn->path with its standard input, output and error as pipes, feed
 * it, wait for its end. 0 when it ran, whatever its status; -1 with err when
 * it could not be started, or a signal interrupted it: then it is killed with
 * what it started. It gets default signal dispositions and an empty signal
 * mask, a process group of its own, and no descriptor above 2.
 */
int run_spawn(struct spawn *spawn, struct err *err);

#endif
