/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is meant by the number of a process or the id of a container: looked up once, from then on descriptors. */
#ifndef NSTOOLS_RUN_FIND_H
#define NSTOOLS_RUN_FIND_H

#include <stdbool.h>
#include <sys/types.h>

struct err;
struct run_context;

struct run_found {
	pid_t pid; /* as the caller's pid namespace has it */
	int pidfd; /* -1 where the number is a thread's that does not lead its process */
	int proc;  /* the directory /proc/PID of exactly this process, O_PATH */
};
#define RUN_FOUND_NONE { .pid = 0, .pidfd = -1, .proc = -1 }

/* It has only digits, and is not empty: the number of a process, not the id of a container. */
bool run_find_is_process(const char *text);

/*
 * The process that has this number now. ERR_NOT_FOUND where there is none,
 * ERR_USAGE where the number is none that a process has. run_found_close() it
 * after either.
 */
int run_find_process(const char *text, struct run_found *found, struct err *err);

/*
 * The first process of a container, also one that is created or paused.
 * ERR_NOT_FOUND where there is no such container, ERR_STATE where it has
 * stopped: a pid that was given to another since is not taken for it.
 */
int run_find_container(const struct run_context *context, const char *id, struct run_found *found,
		       struct err *err);

void run_found_close(struct run_found *found);

#endif
