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

#endif
