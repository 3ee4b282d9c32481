/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session keyrings (session-keyring(7)). */
#ifndef NSTOOLS_KERN_KEYRING_H
#define NSTOOLS_KERN_KEYRING_H

struct err;

/*
 * Leave the caller's session keyring for a new one of that name, so that the
 * container cannot use the caller's keys. The kernel joins a keyring of the
 * same name in the same user namespace where there is one: the name must be
 * the container's own. Processes of the same user id may search it, as in a
 * login session: those that `exec` starts are no descendants of the container's
 * process. Runs in the child. A kernel without keyrings is ENOSYS; a full
 * quota (kernel.keys.maxkeys) is EDQUOT.
 */
int kern_keyring_join(const char *name, struct err *err);

#endif
