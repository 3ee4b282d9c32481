/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network of a namespace: what `nsnet`, the container spec's steps, CNI
 * and the hook call. Everything goes by descriptors: names and paths were
 * resolved once, by the caller.
 */
#ifndef NSTOOLS_RUN_NET_H
#define NSTOOLS_RUN_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct ip_net;
struct spec;
struct spec_net;
struct strbuf;

/*
 * Whose network it is. `owner` is what leases, records, rules and host ends of
 * veth pairs are tagged with, and by what all of them are found again: a
 * container's id, "ns-COOKIE" for a namespace that is no container's
 * (run_net_owner), "cni-..." for CNI. It is an id as state_id_check() takes it.
 */
struct run_net_target {
	const char *owner;
	int netns; /* the namespace; -1: it is gone, and what is left outside of it is meant */
	/*
	 * Somebody calls run_net_take_away() when it has ended (nsinit delete): until then it is kept alive where
	 * an interface of the host is in it, so that this can be brought back.
	 */
	bool container;
};

/* "ns-COOKIE" (SO_NETNS_COOKIE, Linux 5.14: never given twice; before, the inode's number) into buf. */
#define RUN_NET_OWNER_MAX 32
int run_net_owner(int netns, char *buf, size_t size, struct err *err);

/* What was found to do, one line a change ("+ interface eth0 ..."); count 0: nothing. strbuf_free() text. */
struct run_net_changes {
	struct strbuf *text; /* or NULL */
	size_t count;
	bool dry_run; /* say what would be done, and do nothing */
};

/*
 * Bring the namespace to what `net` says: what is there as it should be is not
 * touched (no request that writes is sent), what earlier calls made for this
 * owner and `net` has no more is taken away, what others made stays. Members
 * that were not given are left as they are. "auto" addresses are leased. A
 * failure leaves what was there before.
 */
int run_net_apply(const struct run_net_target *target, const struct spec_net *net,
		  struct run_net_changes *changes, struct err *err);

/*
 * The same for a part of what is recorded: change() gets a copy of the record,
 * while the owner is locked, with what is to live as long in the arena. A copy
 * that it leaves as it is changes nothing.
 */
struct run_net_edit {
	int (*change)(struct arena *arena, struct spec_net *net, void *data, struct err *err);
	void *data;
};
int run_net_edit(const struct run_net_target *target, const struct run_net_edit *edit, struct err *err);

/* Interfaces and routes more: a name that is taken is EEXIST. What is recorded stays. */
int run_net_add(const struct run_net_target *target, const struct spec_net *net, struct err *err);
/* An interface that nsnet made for this owner, or any other of the namespace but lo: with its leases and rules. */
int run_net_delete(const struct run_net_target *target, const char *name, struct err *err);
/* A moved interface back to the caller's namespace, under its old name and with its addresses. */
int run_net_return(const struct run_net_target *target, const char *name, struct err *err);
/* net->routes[0] goes, from the namespace and from the record. */
int run_net_route_delete(const struct run_net_target *target, const struct spec_net *net, struct err *err);

/* All of an owner: interfaces, leases, rules, records; what is gone already is no error. */
int run_net_take_away(const struct run_net_target *target, struct err *err);

/* What was made for this owner, with "auto" as the addresses that were leased: (*spec)->own.net. NULL: nothing was.
 * spec_free() it. */
int run_net_recorded(const struct run_net_target *target, struct spec **spec, struct err *err);

struct run_net_bridge {
	const char *name;
	const struct ip_net *addresses; /* of the bridge itself */
	size_t address_count;
	uint32_t mtu; /* 0: the kernel's */
	const unsigned char *mac;
};

/* On the host. EEXIST when the name is taken; addresses must not overlap with others of the host. */
int run_net_bridge_create(const struct run_net_bridge *bridge, struct err *err);
/* One with ports stays, unless force. */
int run_net_bridge_delete(const char *name, bool force, struct err *err);

#endif
