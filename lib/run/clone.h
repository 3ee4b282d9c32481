/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_RUN_CLONE_H
#define NSTOOLS_RUN_CLONE_H

#include <stdint.h>
#include <sys/types.h>

/*
 * fork() with CLONE_* flags, by clone3(2); clone(2) where a seccomp profile or
 * an old kernel lacks it. SIGCHLD at its end. *pidfd is close-on-exec.
 * cgroup: a cgroup2 directory to start in (CLONE_INTO_CGROUP, Linux 5.7), or
 * -1. Returns as fork() does, -1 with errno; ENOSYS: no clone3, but cgroup >= 0.
 */
pid_t run_clone(uint64_t flags, int cgroup, int *pidfd);

/*
 * The same for a child that only executes another program: it shares our memory (CLONE_VM | CLONE_VFORK), so that none
 * of it is copied, and we go on once it has executed or ended; what it writes we see. It runs child(data) on a stack of
 * its own and must not return from that. One at a time. Not for a child whose own group is short of memory: the
 * kernel kills everyone who shares the memory of whom it kills.
 */
pid_t run_clone_shared(int cgroup, int *pidfd, int (*child)(void *), void *data);

#endif
