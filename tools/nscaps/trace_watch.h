/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trace from its beginning to its end: the instance, who removes it, the reading. */
#ifndef NSTOOLS_NSCAPS_TRACE_WATCH_H
#define NSTOOLS_NSCAPS_TRACE_WATCH_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct err;
struct trace_sink;

struct trace_watch;

/*
 * Begin: an instance of our own, and a process that removes it should we be
 * killed. SIGINT, SIGTERM, SIGHUP and SIGQUIT are blocked from here on.
 * Nothing is watched yet. NULL with err.
 */
struct trace_watch *trace_watch_begin(struct trace_sink *sink, struct err *err);
/* The signals that were blocked before. */
const sigset_t *trace_watch_mask(const struct trace_watch *watch);
int trace_watch_add(struct trace_watch *watch, const pid_t *threads, size_t count, struct err *err);
/*
 * Read until the process behind pidfd has ended, or `usec` microseconds are over
 * (0: no limit). forward: signals are passed to the process; else one of them ends the reading.
 */
struct trace_until {
	int pidfd;
	bool forward;
	uint64_t usec;
};
int trace_watch_read(struct trace_watch *watch, const struct trace_until *until, struct err *err);
/* Stop, read what is left, remove the instance. Accepts NULL. -1 with err where something failed. */
int trace_watch_end(struct trace_watch *watch, struct err *err);

#endif
