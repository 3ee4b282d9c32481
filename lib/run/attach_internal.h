/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between attach*.c. */
#ifndef NSTOOLS_RUN_ATTACH_INTERNAL_H
#define NSTOOLS_RUN_ATTACH_INTERNAL_H

struct err;
struct run_attach;

/* A failure in util-linux's words, with errno behind them; _plain without. */
int attach_fail(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull, cold));
int attach_fail_plain(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull, cold));

/* The target has its PID still, and no other process has. */
int attach_check(const struct run_attach *attach, struct err *err);
/* The target's /proc/PID, opened on first use. Borrowed. */
int attach_process(struct run_attach *attach, struct err *err);
/* "/proc/PID/NAME" of the target, flags as for open(2); fails in util-linux's words. */
int attach_open_file(struct run_attach *attach, const char *name, int flags, struct err *err);

/* Into the target's cgroup, in every hierarchy. */
int attach_cgroup(const struct run_attach *attach, struct err *err);

#endif
