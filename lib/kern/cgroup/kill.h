/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals to every process of a group and of all groups below. */
#ifndef NSTOOLS_KERN_CGROUP_KILL_H
#define NSTOOLS_KERN_CGROUP_KILL_H

#include <stddef.h>

struct err;
struct kern_cgroup;

/*
 * Kill everything and wait until the group is empty, at most timeout_ms.
 * v2: cgroup.kill (5.14), which no fork escapes. Otherwise: freeze (v2, or a
 * v1 freezer group), SIGKILL to all, thaw, again while new ones appear; in a
 * v1 group without freezer signals alone race with forks: pass the freezer
 * group of the container. A frozen group is thawed. Groups that are gone are
 * empty. The caller's own process is not killed; being in the group is an error.
 */
int kern_cgroup_kill(const struct kern_cgroup *group, int timeout_ms, struct err *err);

/*
 * Send a signal once to every process but the caller's; `sent` (may be NULL)
 * counts them. SIGKILL goes the way of kern_cgroup_kill() without waiting.
 */
int kern_cgroup_signal(const struct kern_cgroup *group, int signal, size_t *sent, struct err *err);

/* Wait until neither the group nor one below has processes. -1 with errnum ETIMEDOUT, the hint naming what is left. */
int kern_cgroup_wait_empty(const struct kern_cgroup *group, int timeout_ms, struct err *err);

#endif
