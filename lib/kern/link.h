/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network interfaces. */
#ifndef NSTOOLS_KERN_LINK_H
#define NSTOOLS_KERN_LINK_H

struct err;
struct kern_link_moved;

/* Bring up "lo" of the caller's network namespace. Three system calls, no library. Runs in the child. */
int kern_link_loopback(struct err *err);

/*
 * Move the interface host_name of the caller's network namespace into `netns`
 * (linux.netDevices of the OCI spec): there it is called `name` (NULL: as
 * before; "eth%d" takes the first free number), has its permanent global
 * addresses again and is up. A name that is taken there is EEXIST. On failure
 * the interface is back where it was, as it was. *moved (may be NULL) is for
 * kern_link_move_back(); free it.
 */
int kern_link_move(int netns, const char *host_name, const char *name, struct kern_link_moved **moved,
		   struct err *err);

/* The undo, while that namespace exists: back into the caller's, with its old name, addresses and state. */
int kern_link_move_back(struct kern_link_moved *moved, struct err *err);

void kern_link_moved_free(struct kern_link_moved *moved); /* accepts NULL */

#endif
