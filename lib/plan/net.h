/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done so that a namespace's network becomes what a
 * configuration says: wanted + recorded + what is there -> an ordered list of
 * changes. Pure, as all of plan/. Include base/ip.h and spec/net.h before.
 */
#ifndef NSTOOLS_PLAN_NET_H
#define NSTOOLS_PLAN_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct strbuf;

/* One interface of the namespace as it is. */
struct plan_net_link {
	const char *name, *kind; /* kind "": a device */
	const char *host_name, *bridge; /* veth: the other end, where it is in the caller's namespace; its bridge */
	bool up, hairpin, isolated;
	uint32_t mtu, tx_queue_length, mode;
	uint16_t vlan;
	unsigned char mac[6];
	struct spec_net_addresses addresses;
};

struct plan_net_facts {
	const struct plan_net_link *links;
	size_t link_count;
	const struct spec_net_route *routes; /* those that somebody added, each with its interface */
	size_t route_count;
};

/* In the order in which they are carried out. */
enum plan_net_change_kind {
	PLAN_NET_ROUTE_DELETE,
	PLAN_NET_ADDRESS_DELETE,
	PLAN_NET_LINK_DELETE,
	PLAN_NET_LINK_ADD, /* with its addresses, and up */
	PLAN_NET_LINK_SET, /* mtu, mac, queue, up or down: from `before` to `interface` */
	PLAN_NET_PORT_SET, /* bridge, hairpin, isolated */
	PLAN_NET_ADDRESS_ADD,
	PLAN_NET_ROUTE_ADD,
};

struct plan_net_change {
	enum plan_net_change_kind kind;
	const char *name; /* of the interface */
	/* LINK_*, PORT_SET: as it is to be; as it was (for the undo). Only what differs is given in LINK_SET's. */
	const struct spec_net_interface *interface, *before;
	struct ip_net address;
	struct spec_net_route route;
	long index; /* of what is wanted, in "networks" or "routes", for messages; -1: none */
};

struct plan_net_changes {
	struct plan_net_change *items;
	size_t count;
};

struct plan_net_request {
	const struct spec_net *wanted;	 /* no "auto" any more; members that were not given are left alone */
	const struct spec_net *recorded; /* what was made for this owner before; an empty one has nothing */
	const struct plan_net_facts *facts;
	bool additive; /* nothing goes, whatever is recorded: as if neither member were given */
};

/* 0, or -1 with err: an interface of that name is there that is another's. */
int plan_net_diff(const struct plan_net_request *request, struct arena *arena, struct plan_net_changes *changes,
		  struct err *err);

/* "+ address 10.0.0.2/24 on eth0", without a newline. */
void plan_net_print(const struct plan_net_change *change, struct strbuf *out);
/* "veth eth0, bridge br0, 10.0.0.2/24": of a step and of a change. */
void plan_net_print_interface(const struct spec_net_interface *interface, struct strbuf *out);
void plan_net_print_route(const struct spec_net_route *route, struct strbuf *out);

/* The default routes that the interface's gateways mean, into routes[2]; how many. */
size_t plan_net_gateways(const struct spec_net_interface *interface, struct spec_net_route routes[2]);

#endif
