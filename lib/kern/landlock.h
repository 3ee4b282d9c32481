/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Landlock (landlock(7)): a process gives up access to files, ports and other processes. */
#ifndef NSTOOLS_KERN_LANDLOCK_H
#define NSTOOLS_KERN_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* LANDLOCK_ACCESS_FS_*, LANDLOCK_ACCESS_NET_*, LANDLOCK_SCOPE_*: what is refused unless a rule allows it. */
struct kern_landlock {
	uint64_t fs, net, scoped;
};

/* The ABI version of this kernel; 0 where there is no Landlock (or it is switched off). */
unsigned kern_landlock_abi(void);

/* Everything that an ABI version knows. */
struct kern_landlock kern_landlock_known(unsigned abi);

/*
 * A new ruleset (an O_CLOEXEC descriptor) that handles `access`. With
 * best_effort what this kernel does not know is left out of *access (use it to
 * mask the rules); without, it is ERR_UNSUPPORTED. Where nothing is left, and
 * where the kernel has no Landlock at all and best_effort is set, -2 is
 * returned and err is not set: there is nothing to do.
 */
int kern_landlock_create(struct kern_landlock *access, bool best_effort, struct err *err);

/*
 * Allow `access` beneath the file or directory `path_fd` (O_PATH is enough).
 * On something that is not a directory the rights that only directories have
 * are left out.
 */
int kern_landlock_add_path(int ruleset, int path_fd, uint64_t access, struct err *err);
int kern_landlock_add_port(int ruleset, uint16_t port, uint64_t access, struct err *err);

/* Apply it to the calling process for good. Needs no_new_privs or CAP_SYS_ADMIN. */
int kern_landlock_restrict(int ruleset, struct err *err);

#endif
