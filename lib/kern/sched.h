/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scheduling, I/O priority, CPU affinity, NUMA memory policy. All runs in the child: nothing is allocated. */
#ifndef NSTOOLS_KERN_SCHED_H
#define NSTOOLS_KERN_SCHED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

struct kern_sched {
	int policy; /* SCHED_* */
	int32_t nice, priority;
	uint64_t flags;                     /* SCHED_FLAG_* */
	uint64_t runtime, deadline, period; /* nanoseconds, SCHED_DEADLINE */
};

/* sched_setattr(2) on a process; pid 0 is the caller. */
int kern_sched_set(pid_t pid, const struct kern_sched *sched, struct err *err);

/* ioprio_set(2) on a process (0: the caller), inherited by its children. class is IOPRIO_CLASS_*. */
int kern_sched_set_io(pid_t pid, int class, int priority, struct err *err);

/*
 * CPU affinity from a list ("0-3,8"), of any size up to KERN_SCHED_BITS CPUs.
 * CPUs that do not exist or that the cpuset forbids are left out by the
 * kernel; none left is an error. "" changes nothing.
 */
int kern_sched_set_affinity(pid_t pid, const char *list, struct err *err);

/* set_mempolicy(2): mode MPOL_*, flags MPOL_F_*, nodes a list or "". */
int kern_sched_set_memory(int mode, unsigned flags, const char *nodes, struct err *err);

/*
 * Read a list of numbers and ranges ("0-3,8", ",", newline and blanks between
 * them allowed) into a bit mask. Returns the number of the highest bit plus
 * one, 0 for an empty list, -1 with errno: EINVAL for no list, ERANGE for a
 * number beyond bits.
 */
#define KERN_SCHED_BITS 32768
ssize_t kern_sched_list(const char *list, unsigned long *mask, size_t bits);

#endif
