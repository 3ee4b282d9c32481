/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the kern tests: a child that may ruin itself, and what the kernel says of it. */
#ifndef NSTOOLS_TESTS_KERN_HELP_H
#define NSTOOLS_TESTS_KERN_HELP_H

#include <stddef.h>
#include <sys/types.h>

struct err;

/* Run it in a forked child; its err comes back. Returns what run() returned, -2 with err empty when it was
 * killed. */
int test_in_child(int (*run)(void *data, struct err *err), void *data, struct err *err);
/* How the last child ended, as waitpid() has it. */
int test_last_status(void);

/* The value of a line of /proc/PID/status ("CapInh"), blanks at the beginning removed; "" when there is none.
 */
const char *test_status_field(pid_t pid, const char *name, char *buf, size_t size);

/* Skip the test unless root runs it; `what` says for what that is needed. */
void test_need_root(const char *what);

/* "op object: message" of an error, in a static buffer. */
const char *test_text(const struct err *err);

/* A new empty directory on a tmpfs in a mount namespace of this test alone. Static buffer. */
const char *test_private_directory(void);

/* Write a file with that mode below the working directory or at an absolute path; asserts that it worked. */
void test_write_file(const char *path, const char *text, mode_t mode);

/* Make a user namespace with this process' id as root and only that; setgroups "deny". */
int test_user_namespace(struct err *err);

#endif
