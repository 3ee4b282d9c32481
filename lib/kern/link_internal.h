/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by link.c and link_address.c alone. */
#ifndef NSTOOLS_KERN_LINK_INTERNAL_H
#define NSTOOLS_KERN_LINK_INTERNAL_H

#include <linux/if_addr.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kern_nl;

/* An address as it was: what is needed to add it again. */
struct kern_link_address {
	struct ifaddrmsg header;
	uint32_t flags, priority;
	unsigned char local[16], address[16], broadcast[16];
	unsigned char local_size, address_size, broadcast_size; /* 0: none */
};

struct kern_link_addresses {
	struct kern_link_address *items;
	size_t count;
};

/* The permanent addresses of global scope of interface `index`. The caller frees items. */
int kern_link_addresses_get(struct kern_nl *nl, int index, struct kern_link_addresses *addresses,
			    struct err *err);
/* Add them to an interface; one that is there already is no error. */
int kern_link_addresses_add(struct kern_nl *nl, int index, const struct kern_link_addresses *addresses,
			    const char *name, struct err *err);

#endif
