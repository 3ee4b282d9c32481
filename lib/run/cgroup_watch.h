/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens in a group, told as it happens: blocked on inotify or an eventfd, and on a timer. */
#ifndef NSTOOLS_RUN_CGROUP_WATCH_H
#define NSTOOLS_RUN_CGROUP_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct kern_cgroup_event_counts;
struct run_cgroup;
struct run_cgroup_watch;

enum run_cgroup_event {
	RUN_CGROUP_TIME,   /* the interval has passed; the first is at once */
	RUN_CGROUP_CHANGE, /* of the counts, or the group is gone */
};

/*
 * interval_usec 0: no RUN_CGROUP_TIME. The group must outlive the watch.
 * ERR_UNSUPPORTED where nothing tells of the group (v1 without its memory
 * hierarchy) and there is no interval. NULL with err.
 */
struct run_cgroup_watch *run_cgroup_watch_open(struct run_cgroup *cgroup, uint64_t interval_usec,
					       struct err *err);
/* Block until the next event, at most timeout_ms (-1: for ever). 1, 0 after the timeout, or -1. */
int run_cgroup_watch_next(struct run_cgroup_watch *watch, int timeout_ms, enum run_cgroup_event *event,
			  struct err *err);
/* What v1's memory and v2's files tell together, as of the last event. */
void run_cgroup_watch_counts(const struct run_cgroup_watch *watch, struct kern_cgroup_event_counts *counts);
void run_cgroup_watch_close(struct run_cgroup_watch *watch); /* accepts NULL */

/* Until no hierarchy has a process in the group or below it. 1, 0 after timeout_ms (-1: for ever), or -1. */
int run_cgroup_wait_empty(struct run_cgroup *cgroup, int timeout_ms, struct err *err);

#endif
