/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes for a program that watches another: one that waits before its execve, one that cleans up. */
#ifndef NSTOOLS_RUN_HELD_H
#define NSTOOLS_RUN_HELD_H

#include <signal.h>
#include <sys/types.h>

struct err;

/*
 *	caller				child
 *	run_held_start()		waits
 *	looks at the child
 *	run_held_go()	-- byte -->	execve
 *			<-- errno --	when that failed; else the pipe closes
 *
 * The child ends when the caller does before it said go.
 */
struct run_held {
	pid_t pid;
	int pidfd; /* the caller's to close, with run_held_close() */
	int go, failure;
};
#define RUN_HELD_NONE { .pid = 0, .pidfd = -1, .go = -1, .failure = -1 }

struct run_held_program {
	const char *path; /* as kern_exec_find() found it */
	const char *const *args; /* NULL at the end */
	int output, errors;   /* its standard output and error, or -1: the caller's */
	const sigset_t *mask; /* of signals, as the caller had it before it blocked any */
};

int run_held_start(struct run_held *held, const struct run_held_program *program, struct err *err);
/* 0 when the program runs; -1 with ERR_EXEC when it could not be executed, and then it is reaped. */
int run_held_go(struct run_held *held, const struct run_held_program *program, struct err *err);
void run_held_close(struct run_held *held);

/*
 * A process that calls clean(data) when the caller ends without
 * run_guard_dismiss(), by SIGKILL too. It is in a session of its own and
 * ignores the signals that a terminal or a service manager sends first. It has copies of the
 * caller's descriptors: clean() closes those that stand in its way.
 */
struct run_guard {
	pid_t pid;
	int alive; /* our end of a pipe: closed when we end */
};
#define RUN_GUARD_NONE { .pid = 0, .alive = -1 }

int run_guard_start(struct run_guard *guard, void (*clean)(void *data), void *data, struct err *err);
/* It ends without cleaning. */
void run_guard_dismiss(struct run_guard *guard);

#endif
