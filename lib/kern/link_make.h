/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making, changing and removing interfaces. rtnetlink(7), ip-link(8). */
#ifndef NSTOOLS_KERN_LINK_MAKE_H
#define NSTOOLS_KERN_LINK_MAKE_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct kern_nl;

/* nl: a socket of the namespace where it is made, and where `link` and `master` are. */
struct kern_link_new {
	const char *kind; /* "veth", "bridge", "macvlan", "ipvlan", "vlan", "dummy" */
	const char *name;
	const char *object; /* the name in errors, or NULL: the peer's, or the name */
	/* veth: the other end, made at once where it belongs; mac, mtu and the queue's length are for it (mtu: both) */
	const char *peer;
	int peer_netns;
	bool elsewhere; /* made in `netns` */
	int netns;
	int link, master;
	bool has_mode;
	uint32_t mode;
	uint16_t vlan;
	const unsigned char *mac; /* 6 bytes, or NULL */
	uint32_t mtu;		  /* 0: the kernel's */
	bool has_tx_queue_length;
	uint32_t tx_queue_length;
	const char *alias; /* of this end, or NULL */
	bool up;	   /* this end */
};

/* EEXIST when the name is taken; a kind that this kernel lacks is ERR_UNSUPPORTED. */
int kern_link_make(struct kern_nl *nl, const struct kern_link_new *link, struct err *err);

struct kern_link_change {
	const char *name; /* a new one, or NULL */
	const unsigned char *mac;
	uint32_t mtu; /* 0: as it is */
	bool has_tx_queue_length;
	uint32_t tx_queue_length;
	bool has_master;
	int master; /* 0: none */
	bool up, down;
};

/* object: its name, for errors. */
int kern_link_change(struct kern_nl *nl, int index, const struct kern_link_change *change, const char *object,
		     struct err *err);
/* Of a port of a bridge. */
struct kern_link_port {
	int index;
	bool hairpin, isolated;
	const char *object; /* its name, for errors */
};
int kern_link_port(struct kern_nl *nl, const struct kern_link_port *port, struct err *err);
int kern_link_delete(struct kern_nl *nl, int index, const char *object, struct err *err);

/*
 * In the namespace that the caller has entered, through an open procfs: the
 * interface does not believe router advertisements unless accept_ra, and has
 * IPv6 on (1), off (-1), or as it is (0). A kernel without IPv6 is fine, unless it is to be on.
 */
int kern_link_ipv6(int proc, const char *name, bool accept_ra, int ipv6, struct err *err);

#endif
