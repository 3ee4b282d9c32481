/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nsnet keeps: /run/nsnet (for others than root $XDG_RUNTIME_DIR/nsnet) holds
 *	owners/OWNER/net.json	what was made for an owner (spec/net.h's JSON); the directory is the lock
 *	owners/OWNER/netns	the namespace itself, where an interface of the host is in it
 *	bridges/NAME		bridges that were made on demand, one directory each, which is the lock
 *	rules/table		the lock of the nftables table, while it is changed
 *	hooks/ID/net.json	the owner of what `nsnet hook` made for the container ID of another runtime
 *	leases/SUBNET/ADDRESS	see state/lease.h
 */
#ifndef NSTOOLS_STATE_NET_H
#define NSTOOLS_STATE_NET_H

#include <stdbool.h>
#include <stddef.h>

struct err;

enum state_net_kind { STATE_NET_OWNERS, STATE_NET_BRIDGES, STATE_NET_LEASES, STATE_NET_RULES, STATE_NET_HOOKS };

/* The directory of that kind, made where it is missing and `create`; its fd. ERR_NOT_FOUND when it is not there. */
int state_net_open(enum state_net_kind kind, bool create, struct err *err);

/*
 * The directory of an owner or a bridge, locked; made where it is missing and
 * `create`. Waits for whoever has it. Its fd, or -1: ERR_NOT_FOUND when there is none.
 */
int state_net_lock(enum state_net_kind kind, const char *name, bool create, struct err *err);
/* Whether anything was ever recorded on this host: one call, for those who have no network of ours. */
bool state_net_is_used(void);
/* Is there one? An error is no. */
bool state_net_exists(enum state_net_kind kind, const char *name);
/* The name of each, in no order, as long as each() returns 0. None is fine. */
int state_net_each(enum state_net_kind kind, int (*each)(const char *name, void *data, struct err *err), void *data,
		   struct err *err);
/* Remove it (locked by the caller) with what is in it. */
int state_net_remove(enum state_net_kind kind, const char *name, struct err *err);

/* Where the owner's namespace is pinned while it has an interface of the host. The caller frees it. NULL with err. */
char *state_net_pin(const char *owner, struct err *err);

/* The owner's record, whole or not at all. */
int state_net_save(int dir, const char *text, size_t len, struct err *err);
/* The caller frees *text; NULL when nothing was saved yet. */
int state_net_load(int dir, char **text, size_t *len, struct err *err);

#endif
