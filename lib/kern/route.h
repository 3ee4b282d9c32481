/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes of the main and other tables. rtnetlink(7), ip-route(8). Include base/ip.h and net/if.h before. */
#ifndef NSTOOLS_KERN_ROUTE_H
#define NSTOOLS_KERN_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kern_nl;

struct kern_route {
	struct ip_net destination; /* address.family is the route's; 0.0.0.0/0 and ::/0 are the default route */
	struct ip gateway, source; /* family 0: none */
	int index;		   /* of the interface; 0: found by the gateway */
	uint32_t metric, table, mtu; /* 0: the kernel's choice; main; none */
	bool on_link;
	/* Only read: */
	bool static_; /* somebody added it: not the kernel with an address, not a routing daemon's */
	bool many_hops; /* with more than one next hop, which is not shown */
	unsigned char protocol; /* RTPROT_* */
};

struct kern_route_list {
	struct kern_route *items;
	size_t count;
};

/* Unicast routes of both families and all tables but the kernel's own `local`. free() items. */
int kern_route_list(struct kern_nl *nl, struct kern_route_list *list, struct err *err);
/* EEXIST when there is such a route. */
int kern_route_add(struct kern_nl *nl, const struct kern_route *route, struct err *err);
/* ESRCH when there is none that has all that `route` says. */
int kern_route_delete(struct kern_nl *nl, const struct kern_route *route, struct err *err);
/* ::1 is reached over the interface too, behind lo; it goes with the interface. That it is there is fine. */
int kern_route_local6(struct kern_nl *nl, int index, const char *object, struct err *err);

#endif
