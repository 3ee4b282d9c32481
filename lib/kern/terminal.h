/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pseudo-terminals, from the container's own devpts, by fd throughout: pty(7), pts(4), tty_ioctl(4). */
#ifndef NSTOOLS_KERN_TERMINAL_H
#define NSTOOLS_KERN_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

struct err;

/*
 * A pty from the devpts mounted at dev/pts below root. The ptmx opened is
 * checked to be of a devpts; the slave comes from TIOCGPTPEER, never from a
 * path (CVE-2025-52565). Both fds are the caller's, O_CLOEXEC|O_NOCTTY.
 * root -1: a pty of the caller's own /dev/pts.
 */
int kern_terminal_open(int root, int *master, int *slave, struct err *err);

/* 0 for either leaves that dimension. */
int kern_terminal_set_size(int tty, uint16_t height, uint16_t width, struct err *err);

/* Bind the slave on dev/console below root, made as an empty file where missing. */
int kern_terminal_bind_console(int root, int slave, struct err *err);

/* Give the slave to a uid and gid of the container (gid -1: as is) for a process that is not root. */
int kern_terminal_chown(int slave, uint32_t uid, uint32_t gid, struct err *err);

/* The slave becomes the controlling terminal (the caller leads a session) and fds 0, 1 and 2. */
int kern_terminal_take(int slave, struct err *err);

/* Connect to a unix stream socket; a path longer than sun_path goes by an fd. Returns the socket. */
int kern_terminal_connect(const char *path, struct err *err);

/* Send fd over a connected unix socket (SCM_RIGHTS) with `text` as the message ("/dev/ptmx" by custom). */
int kern_terminal_send_fd(int socket, int fd, const char *text, struct err *err);

/* Receive one fd sent so; O_CLOEXEC. For an `attach` or a console socket of ours. Returns it. */
int kern_terminal_receive_fd(int socket, struct err *err);

/* The caller's terminal: raw mode, what it was before kept in *saved. */
int kern_terminal_raw(int tty, struct termios *saved, struct err *err);
int kern_terminal_restore(int tty, const struct termios *saved, struct err *err);

/* Copy the window size, where it has one, from one terminal to another. */
int kern_terminal_copy_size(int from, int to, struct err *err);

/* The first of standard input, output and error that is a terminal; -1 (no error) when none. Borrowed. */
int kern_terminal_find(void);

#endif
