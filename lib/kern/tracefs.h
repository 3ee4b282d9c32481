/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's capability checks, watched through tracefs
 * (Documentation/trace/ftrace.rst, events.rst, kprobetrace.rst).
 *
 * All of it happens in a trace instance of our own: its buffer, its events and
 * its list of processes are apart from everybody else's. The event is the
 * tracepoint capability:cap_capable (Linux 6.14), or kprobes on
 * cap_capable() that bear the instance's number where there is none.
 *
 * An instance outlives its maker. It cannot be removed while its trace_pipe is
 * open, so one that can is nobody's: kern_tracefs_open() removes those first.
 * An flock on the directory of instances keeps makers and sweepers apart.
 */
#ifndef NSTOOLS_KERN_TRACEFS_H
#define NSTOOLS_KERN_TRACEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

struct kern_tracefs {
	int root;     /* tracefs */
	int instance; /* its directory, instances/nscaps-NUMBER; O_PATH, which does not keep it from being removed */
	int *pipes;   /* trace_pipe of each processor, not blocking: only there an event and its stack stay together */
	size_t pipe_count;
	int pids; /* set_event_pid */
	unsigned number;
	bool kprobes; /* there is no tracepoint */
	bool stacks;  /* each event has the kernel's stack behind it */
};
#define KERN_TRACEFS_NONE { .root = -1, .instance = -1, .pids = -1 }

/*
 * Find tracefs, or mount it detached, seen by nobody; make the instance and set
 * it up; nothing is recorded yet. Needs root on the host; only in the first pid namespace, whose
 * numbers the kernel compares. ERR_UNSUPPORTED where this kernel has neither.
 */
int kern_tracefs_open(struct kern_tracefs *trace, struct err *err);

/* Watch these threads (they are added), and what they will have forked; recording begins with the first. */
int kern_tracefs_watch(struct kern_tracefs *trace, const pid_t *threads, size_t count, struct err *err);

/* No more events; what was recorded can still be read from the pipes. */
int kern_tracefs_stop(struct kern_tracefs *trace, struct err *err);

/* Once released: remove the instance, and the kprobes. Also for another process that has copies of the descriptors. */
int kern_tracefs_remove(const struct kern_tracefs *trace, struct err *err);

/* Remove what others that were killed have left: their instances, their kprobes. */
void kern_tracefs_sweep(int root);

/* The pipes and all that keeps the instance from being removed; then the rest. The instance itself stays. */
void kern_tracefs_release(struct kern_tracefs *trace);
void kern_tracefs_close(struct kern_tracefs *trace);

#endif
