/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptors a program inherits, and those it hands on. */
#ifndef NSTOOLS_KERN_FD_H
#define NSTOOLS_KERN_FD_H

#include <stddef.h>
#include <sys/types.h>

struct err;

/*
 * See that 0, 1 and 2 are open: what is closed becomes /dev/null, so that no
 * descriptor of ours can be taken for standard output. Before anything is opened.
 */
int kern_fd_open_standard(struct err *err);

/*
 * Keep 3 .. 3+preserved-1 for the container and mark everything above
 * close-on-exec (close_range(2) with CLOSE_RANGE_CLOEXEC; /proc/self/fd before
 * kernel 5.11). Fails when one of the preserved descriptors is not open
 * (errnum EBADF). Before anything else is opened.
 */
int kern_fd_inherit(unsigned preserved, struct err *err);

/* The largest count of preserved descriptors that is accepted. */
#define KERN_FD_PRESERVED_MAX 65536u

/*
 * How many descriptors a service manager passes from 3 on, as
 * sd_listen_fds(3): `fds` and `pid` are the values of LISTEN_FDS and
 * LISTEN_PID (NULL when unset), self is getpid(). 0 in *count when they are not
 * meant for us. -1 with err when LISTEN_FDS is no number.
 */
int kern_fd_listen_count(const char *fds, const char *pid, pid_t self, unsigned *count, struct err *err);

/*
 * The container's LISTEN_PID must be the process' pid in its own pid
 * namespace, which only it knows. The parent puts this variable into the
 * environment; the child completes it in place by kern_fd_listen_pid().
 */
#define KERN_FD_LISTEN_PID_SIZE sizeof("LISTEN_PID=4294967295")
void kern_fd_listen_pid(char variable[KERN_FD_LISTEN_PID_SIZE], pid_t pid);

#endif
