/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting for what happens in a group, without polling: v2 by inotify on
 * memory.events and cgroup.events (and on the parent, which alone tells a
 * removal), v1 by an eventfd on memory.oom_control.
 */
#ifndef NSTOOLS_KERN_CGROUP_EVENTS_H
#define NSTOOLS_KERN_CGROUP_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct kern_cgroup;

/*
 * The counters now. v1 has max (failcnt), oom_kill (kernel 4.13) and
 * under_oom; its oom counts the notifications since the start of the watch,
 * and nothing tells when the group becomes empty.
 */
struct kern_cgroup_event_counts {
	uint64_t low, high, max, oom, oom_kill;
	bool populated, frozen, under_oom;
	bool gone; /* the group was removed: the last event */
};

struct kern_cgroup_events {
	int fd;	     /* poll it for POLLIN, then kern_cgroup_events_read() */
	int control; /* v1: memory.oom_control, which must stay open */
	bool v2;
	const struct kern_cgroup *group;	/* the caller's, outlives this */
	struct kern_cgroup_event_counts counts; /* as of the last read */
};

/*
 * Start watching: on v1 the group must be of the memory hierarchy. The counts
 * are those of now, so that nothing between is lost.
 */
int kern_cgroup_events_open(struct kern_cgroup_events *events, const struct kern_cgroup *group,
			    struct err *err);
/* Empty the fd and bring counts up to date; does not block. Returns 1 when a count has changed, 0, or -1. */
int kern_cgroup_events_read(struct kern_cgroup_events *events, struct err *err);
/* Wait for a change, timeout_ms (-1: for ever). Returns 1, 0 after the timeout, or -1. */
int kern_cgroup_events_wait(struct kern_cgroup_events *events, int timeout_ms, struct err *err);
void kern_cgroup_events_close(struct kern_cgroup_events *events);

#endif
