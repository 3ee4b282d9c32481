/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resource limits (getrlimit(2)). */
#ifndef NSTOOLS_KERN_LIMITS_H
#define NSTOOLS_KERN_LIMITS_H

#include <stdint.h>
#include <sys/types.h>

struct err;

/*
 * Set one limit of a process (prlimit(2)); pid 0 is the caller. UINT64_MAX is
 * unlimited. Raising a hard limit needs CAP_SYS_RESOURCE over the process' user
 * namespace.
 */
int kern_limits_set(pid_t pid, int resource, uint64_t soft, uint64_t hard, struct err *err);
int kern_limits_get(pid_t pid, int resource, uint64_t *soft, uint64_t *hard, struct err *err);

/*
 * Raise the caller's own soft RLIMIT_NOFILE to its hard limit (many mounts
 * need many descriptors). *before, where not NULL, is the soft limit there was:
 * the container gets that one back unless its spec names another.
 */
int kern_limits_raise_files(uint64_t *before, struct err *err);

/* "RLIMIT_NOFILE" of RLIMIT_NOFILE; "RLIMIT_?" for an unknown number. */
const char *kern_limits_name(int resource);

#endif
