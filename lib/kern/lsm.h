/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AppArmor profiles and SELinux labels for the next execve. */
#ifndef NSTOOLS_KERN_LSM_H
#define NSTOOLS_KERN_LSM_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* Whether this kernel runs it (SELinux: with a policy); false in a build without it. */
bool kern_lsm_has_apparmor(void);
bool kern_lsm_has_selinux(void);

/*
 * "unconfined" (and "", NULL) ask for no confinement; every other name is a
 * real profile, "unconfined_foo" too.
 */
bool kern_lsm_is_unconfined(const char *apparmor_profile);

/*
 * Before execve, and before no_new_privs and the change of user: the label
 * that the kernel gives the new program. `procfs` is our private procfs
 * (kern/procfs.h), never the container's /proc (CVE-2015-1334,
 * CVE-2019-16884). NULL leaves the one or the other alone. A label that cannot
 * be set is an error, never passed over. Runs in the child.
 */
int kern_lsm_set_exec(int procfs, const char *apparmor, const char *selinux, struct err *err);

/*
 * The SELinux label of the keys that the caller makes from now on; NULL: its own again. Where there is no SELinux
 * nothing is done: kern_lsm_set_exec() tells. Runs in the child, as that.
 */
int kern_lsm_set_keycreate(int procfs, const char *selinux, struct err *err);

/* After an execve that failed: with a label it may be the policy that forbids it; says so in the hint. Returns -1. */
int kern_lsm_explain_exec(const char *selinux, struct err *err);

/*
 * The current label of a process ("docker-default (enforce)",
 * "system_u:..."), from `process`, an open /proc/PID; "" where there is none.
 */
int kern_lsm_get_current(int process, char *buf, size_t size, struct err *err);

#endif
