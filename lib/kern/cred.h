/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User and group ids of the calling process. All of it runs in the child: nothing is allocated. */
#ifndef NSTOOLS_KERN_CRED_H
#define NSTOOLS_KERN_CRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct kern_cred {
	uint32_t uid, gid;      /* in the user namespace of the caller */
	const uint32_t *groups; /* supplementary groups; none: all are dropped */
	size_t group_count;
	bool keep_groups; /* setgroups is denied here (user_namespaces(7)): leave them */
	bool has_umask;
	uint32_t umask;
};

/*
 * umask, supplementary groups, gid, uid (real, effective, saved), in this
 * order, each read back: an id that did not change is an error, never silence.
 * Capabilities are lost here when uid 0 becomes another, unless
 * kern_caps_keep() was called. The parent death signal is cleared by the
 * kernel when the ids change. The process stays non-dumpable, whatever
 * fs.suid_dumpable says.
 */
int kern_cred_set(const struct kern_cred *cred, struct err *err);

/*
 * After the id maps of a new user namespace are written: take uid and gid 0
 * where they are mapped, and drop the caller's groups where setgroups is
 * allowed. Where 0 is not mapped the ids stay as they are.
 */
int kern_cred_become_root(struct err *err);

#endif
