/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes by descriptor (pidfd_open(2)): a number can be somebody else by now, a pidfd never is. */
#ifndef NSTOOLS_KERN_PIDFD_H
#define NSTOOLS_KERN_PIDFD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/* Open (O_CLOEXEC). errnum ESRCH where there is no such process. */
int kern_pidfd_open(pid_t pid, struct err *err);

/*
 * The process that has `pid` and began at start_time (kern_pidfd_start_time()):
 * a pid that was given to another since is ESRCH.
 */
int kern_pidfd_open_started(pid_t pid, uint64_t start_time, struct err *err);

/*
 * When the process began, in clock ticks since boot (field 22 of
 * /proc/PID/stat), by an open /proc of our pid namespace; AT_FDCWD: by "/proc".
 */
int kern_pidfd_start_time(int procfs, pid_t pid, uint64_t *ticks, struct err *err);

/* Its state letter beside it ('R', 'S', 'Z', ...). */
int kern_pidfd_state(int procfs, pid_t pid, char *state, uint64_t *ticks, struct err *err);

int kern_pidfd_signal(int pidfd, int signal, struct err *err);

/* Wait for the end. timeout in milliseconds, -1 for ever. 1: ended, 0: not yet, -1 with err. */
int kern_pidfd_wait(int pidfd, int timeout, struct err *err);

/*
 * How it ended, as waitpid(2) has it in *status, once it has: reaped where it
 * is our child, else read while it is a zombie, else from the pidfd itself
 * (PIDFD_GET_INFO, kernel 6.15). 1: known, 0: nobody can tell (another's child
 * that was reaped, on an older kernel), -1 with err.
 */
int kern_pidfd_status(int pidfd, int *status, struct err *err);

/* Its inode number, unlike a pid never given again (pidfs, Linux 6.9; before that EOPNOTSUPP). */
int kern_pidfd_inode(int pidfd, uint64_t *inode, struct err *err);

/* The pid in the caller's namespace; -1 with err ESRCH when it has ended. */
pid_t kern_pidfd_pid(int pidfd, struct err *err);

/* The directory /proc/PID of exactly this process, below an open /proc of our pid namespace. */
int kern_pidfd_proc(int procfs, int pidfd, struct err *err);

#endif
