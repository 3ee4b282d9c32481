/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to a container, told as it happens: blocked on its cgroup's events, its pidfd and a timer. */
#ifndef NSTOOLS_RUN_WATCH_H
#define NSTOOLS_RUN_WATCH_H

#include <stdint.h>

struct err;
struct run_context;
struct run_watch;

enum run_event {
	RUN_EVENT_TIME, /* the interval has passed (the first is at once) */
	RUN_EVENT_OOM,  /* the memory limit was reached, and the kernel killed for it */
	RUN_EVENT_EXIT, /* the container ended: the last one */
};

/* Watch a container that has not ended (else ERR_STATE). interval_usec 0: no RUN_EVENT_TIME. NULL with err.
 */
struct run_watch *run_watch_open(const struct run_context *context, const char *id, uint64_t interval_usec,
				 struct err *err);
/*
 * Block until the next event. *exit_code is set by RUN_EVENT_EXIT: the exit
 * status, 128 + N by signal N, -1 where the kernel cannot tell it. Returns 1,
 * 0 after the last one, or -1 with err.
 */
int run_watch_next(struct run_watch *watch, enum run_event *event, int *exit_code, struct err *err);
void run_watch_close(struct run_watch *watch); /* accepts NULL */

#endif
