/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leased addresses: /run/nsnet/leases/SUBNET/ADDRESS, one small file each with
 * its owner and interface, made in one step (what a crash leaves is a whole
 * lease or none). The subnet's directory is the lock. Include base/ip.h before.
 */
#ifndef NSTOOLS_STATE_LEASE_H
#define NSTOOLS_STATE_LEASE_H

#include <stddef.h>

struct err;

/* What is wanted. */
struct state_lease {
	struct ip_net subnet;
	const char *owner, *interface;
	const struct ip *taken; /* never these: the gateway, ... */
	size_t taken_count;
	struct ip first, last;	/* the range; none: the whole subnet */
	struct ip wanted;	/* this one and no other, or none */
};

/*
 * The address that this owner's interface has of the subnet, or a free one.
 * Network and broadcast addresses are never given. ENOSPC when all are taken,
 * EADDRINUSE when the wanted one is (the hint names its owner).
 */
int state_lease_take(const struct state_lease *lease, struct ip_net *address, struct err *err);
/* Give back; interface NULL: of all of the owner's. None is no error. */
int state_lease_give_back(const char *owner, const char *interface, struct err *err);
/* Each lease; the callback returns 0, 1 to have it removed, or -1 with err. */
struct state_lease_entry {
	struct ip_net subnet;
	struct ip address;
	const char *owner, *interface;
};
int state_lease_each(int (*each)(const struct state_lease_entry *entry, void *data, struct err *err), void *data,
		     struct err *err);

#endif
