/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading interfaces, their addresses and their neighbours. rtnetlink(7). Include base/ip.h and net/if.h before. */
#ifndef NSTOOLS_KERN_LINK_INFO_H
#define NSTOOLS_KERN_LINK_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kern_nl;

struct kern_link_info {
	int index;
	char name[IFNAMSIZ];
	char kind[16];	    /* "veth", "bridge", ...; "" for a device */
	char alias[256];    /* ifalias */
	unsigned flags;	    /* IFF_* */
	int link;	    /* index of the other end or the one below, in its own namespace; 0: none */
	int link_namespace; /* that namespace's id here, or -1: this one */
	int master;	    /* index of the bridge; 0: none */
	uint32_t mtu, tx_queue_length, mode; /* mode: macvlan's, ipvlan's */
	uint16_t vlan;
	bool has_mac, carrier, hairpin, isolated;
	unsigned char mac[6];
	uint64_t rx_bytes, rx_packets, rx_errors, rx_dropped;
	uint64_t tx_bytes, tx_packets, tx_errors, tx_dropped;
};

struct kern_link_list {
	struct kern_link_info *items;
	size_t count;
};

/* All of the namespace that nl is in. free() items. */
int kern_link_list(struct kern_nl *nl, struct kern_link_list *list, struct err *err);
/* The one of that name: 1, 0 when there is none, -1 with err. */
int kern_link_find(struct kern_nl *nl, const char *name, struct kern_link_info *info, struct err *err);
/* The same by its number. */
int kern_link_get(struct kern_nl *nl, int index, struct kern_link_info *info, struct err *err);
const struct kern_link_info *kern_link_list_find(const struct kern_link_list *list, const char *name);

struct kern_address {
	int index; /* the interface's */
	struct ip_net net;
	bool permanent; /* not found out by the kernel (router advertisements) */
	bool link_local;
	bool tentative; /* duplicate address detection is under way, or failed */
};

struct kern_address_list {
	struct kern_address *items;
	size_t count;
};

/* Of all interfaces (index 0) or of one. free() items. */
int kern_address_list(struct kern_nl *nl, int index, struct kern_address_list *list, struct err *err);
/* Add, for IPv6 without duplicate address detection; or take away. object: the interface's name, for errors. */
int kern_address_add(struct kern_nl *nl, int index, const struct ip_net *net, const char *object, struct err *err);
int kern_address_delete(struct kern_nl *nl, int index, const struct ip_net *net, const char *object, struct err *err);

/* How many neighbours (ARP, NDP) the interface knows: counts[index] of counts with room for `count`. */
int kern_neighbour_count(struct kern_nl *nl, unsigned *counts, size_t count, struct err *err);

#endif
