/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which threads belong to what is traced. */
#ifndef NSTOOLS_NSCAPS_TRACE_TARGET_H
#define NSTOOLS_NSCAPS_TRACE_TARGET_H

#include <stddef.h>
#include <sys/types.h>

struct err;

struct trace_threads {
	pid_t *items; /* owned; free() it */
	size_t count;
};

/*
 * The threads of these processes and of all that descend from them, by an
 * open /proc. A process that ends meanwhile is passed over.
 */
int trace_target_threads(int proc, const pid_t *pids, size_t count, struct trace_threads *threads,
			 struct err *err);

#endif
