/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system call filters of another process; kern_seccomp_load() loads one. */
#ifndef NSTOOLS_KERN_SECCOMP_READ_H
#define NSTOOLS_KERN_SECCOMP_READ_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/* The filters of a process, the oldest first: a memfd each (O_CLOEXEC), and the flags it was loaded with. */
struct kern_seccomp_filters {
	int *programs;
	uint64_t *flags;
	size_t count;
};
/*
 * Read those of another process, whose leader is stopped for it for a moment
 * (PTRACE_SECCOMP_GET_FILTER, ptrace(2)). Needs CAP_SYS_ADMIN in the first
 * user namespace, and no filter of one's own; a process that is traced by
 * another is EPERM.
 */
int kern_seccomp_read(pid_t pid, struct kern_seccomp_filters *filters, struct err *err);
void kern_seccomp_filters_free(struct kern_seccomp_filters *filters);

#endif
