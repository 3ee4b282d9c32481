/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Beyond what util-linux's nsenter does: a terminal, /proc and /sys. See run/attach.h. */
#ifndef NSTOOLS_RUN_ATTACH_MORE_H
#define NSTOOLS_RUN_ATTACH_MORE_H

struct err;
struct run_attach;

/*
 * A terminal of the program's own, *slave, between what was opened and what is entered: its input and output are
 * relayed, window sizes and signals passed on, what it writes is appended to the file `log` (NULL: none). 0 in the
 * child; in the parent 1 once the child has ended, *status is wait(2)'s.
 */
int run_attach_terminal(struct run_attach *attach, const char *log, int *slave, int *status, struct err *err);
/* Open such a log: a new file is its owner's alone, a link is not followed. Returns the fd. */
int run_attach_log(const char *path, struct err *err);
/*
 * Where the mount namespace was not entered: one of our own, in which /proc and /sys are those of what was entered.
 * In the process that is in the pid namespace, as root there.
 */
int run_attach_remount(struct err *err);

#endif
