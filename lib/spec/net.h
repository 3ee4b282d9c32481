/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A namespace's network as one typed struct: interfaces, routes, firewall. The
 * same JSON is read from a container spec ("nsinit": networks, routes,
 * firewall), from `nsnet apply`'s file, and is put together by `nsnet add` and
 * for CNI, so all of them are checked by one reader.
 *
 * Zero is "not given". All lives in the spec's arena. Include base/ip.h before.
 */
#ifndef NSTOOLS_SPEC_NET_H
#define NSTOOLS_SPEC_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spec_net_firewall;

enum spec_net_type {
	SPEC_NET_VETH, /* a pair: one end here, one in the namespace */
	SPEC_NET_MACVLAN,
	SPEC_NET_IPVLAN,
	SPEC_NET_VLAN,
	SPEC_NET_DUMMY,
	SPEC_NET_PHYS,	   /* an interface of the host moves in, and comes back */
	SPEC_NET_LOOPBACK, /* lo, up */
	SPEC_NET_EMPTY,	   /* lo alone, down or up as nsinit.loopback says */
	SPEC_NET_NONE,	   /* the host's network: no namespace of its own */
};

/* "addresses", of the interface: "10.0.0.2/24", or "auto": one of `subnets` is leased. */
struct spec_net_addresses {
	struct ip_net *items;
	size_t count;
};

/* "ports": what comes to the host's port goes to the interface's first address of that family. */
struct spec_net_port {
	struct ip host_address;	  /* none: every address of the host */
	uint16_t host_port, port; /* the first of each */
	uint16_t count;		  /* at least 1 */
	uint8_t protocol;	  /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP */
};

#define SPEC_NET_RATE_MIN 8000		 /* 1,000 bytes a second */
#define SPEC_NET_BURST_MAX 1073741824u	 /* 1 GiB: tbf's is in 32 bits */
/* "limit": as the namespace sees it. Bits a second; 0: none. */
struct spec_net_limit {
	uint64_t rx, tx;
	uint64_t burst; /* bytes; 0: chosen */
};

struct spec_net_interface {
	enum spec_net_type type;
	const char *name;      /* in the namespace; the reader fills in eth0, eth1, ... */
	const char *host_name; /* veth: the host's end; NULL: chosen (nsXXXXXXXXXXXX, the same for the same owner) */
	const char *parent;    /* macvlan, ipvlan, vlan: the interface below; phys: the one that moves */
	const char *bridge;    /* veth: what the host's end is plugged into */
	bool create_bridge;    /* make it where it is missing, with `gateways` as its addresses */
	bool automatic;	       /* "auto" among the addresses */
	struct spec_net_addresses addresses;
	struct spec_net_addresses subnets; /* of "auto": one address of each */
	struct spec_net_addresses host_addresses; /* veth without a bridge: of the host's end */
	struct ip *gateways;		   /* one a family: the default route */
	size_t gateway_count;
	bool has_mac, has_host_mac; /* host_*: of phys, what it had on the host and gets back */
	unsigned char mac[6], host_mac[6];
	uint32_t mtu, host_mtu; /* 0: the kernel's, or the bridge's; it was not changed */
	bool has_tx_queue_length, has_mode;
	uint32_t tx_queue_length;
	uint32_t mode;		/* macvlan: MACVLAN_MODE_*; ipvlan: IPVLAN_MODE_*; names in spec/net_names.c */
	uint16_t vlan;		/* vlan: 1 to 4094 */
	bool hairpin, isolated; /* veth with a bridge: flags of its port */
	bool down;		/* leave it down */
	bool accept_ra;		/* else router advertisements are not believed (CVE-2020-10749) */
	bool masquerade;	/* what leaves the subnet leaves with the host's address */
	struct spec_net_port *ports;
	size_t port_count;
	struct spec_net_limit limit;
};

struct spec_net_route {
	struct ip_net destination; /* 0.0.0.0/0 for "default" */
	struct ip gateway, source; /* none: on link; the kernel's choice */
	const char *interface;	   /* NULL: found by the gateway */
	uint32_t metric, table;	   /* 0: the kernel's default; main */
	uint32_t mtu;
	bool on_link; /* the gateway is reached although no route leads to it */
};

struct spec_net {
	bool interfaces_given, routes_given; /* the member was there, if only as [] */
	struct spec_net_interface *interfaces;
	size_t interface_count;
	struct spec_net_route *routes;
	size_t route_count;
	struct spec_net_firewall *firewall; /* spec/firewall.h; NULL: not given */
};

#endif
