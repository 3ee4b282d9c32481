/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The namespace as it is, for plan/net.h. */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "kern/link_info.h"
#include "kern/route.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_session.h"

/* A veth's other end, when it is on the host: each end names the other by number. */
static int find_peer(struct net_session *session, const struct kern_link_info *info, struct plan_net_link *link,
		     struct err *err)
{
	struct kern_link_info peer, bridge;
	int found = kern_link_get(session->host, info->link, &peer, err);

	if (found <= 0 || strcmp(peer.kind, "veth") != 0 || peer.link != info->index)
		return found < 0 ? -1 : 0;
	link->host_name = arena_strdup(session->arena, peer.name);
	link->hairpin = peer.hairpin;
	link->isolated = peer.isolated;
	found = peer.master ? kern_link_get(session->host, peer.master, &bridge, err) : 0;
	if (found > 0)
		link->bridge = arena_strdup(session->arena, bridge.name);
	return found < 0 ? -1 : 0;
}

static int fill_link(struct net_session *session, const struct kern_link_info *info, struct plan_net_link *link,
		     struct err *err)
{
	link->name = arena_strdup(session->arena, info->name);
	link->kind = arena_strdup(session->arena, info->kind);
	link->up = info->flags & IFF_UP;
	link->mtu = info->mtu;
	link->tx_queue_length = info->tx_queue_length;
	link->mode = info->mode;
	link->vlan = info->vlan;
	memcpy(link->mac, info->mac, sizeof(link->mac));
	return !strcmp(info->kind, "veth") && info->link ? find_peer(session, info, link, err) : 0;
}

static void fill_addresses(struct net_session *session, const struct kern_address_list *list, int index,
			   struct plan_net_link *link)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->items[i].index == index;
	link->addresses.items = arena_array(session->arena, count, sizeof(*link->addresses.items));
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].index == index)
			link->addresses.items[link->addresses.count++] = list->items[i].net;
}

static void fill_routes(struct net_session *session, const struct kern_route_list *list,
			const struct kern_link_list *links, struct plan_net_facts *facts)
{
	struct spec_net_route *routes = arena_array(session->arena, list->count, sizeof(*routes));

	for (size_t i = 0; i < list->count; i++) {
		const struct kern_route *from = &list->items[i];

		for (size_t j = 0; from->static_ && !from->many_hops && j < links->count; j++)
			if (links->items[j].index == from->index)
				routes[facts->route_count++] = (struct spec_net_route){
					.destination = from->destination,
					.gateway = from->gateway,
					.source = from->source,
					.interface = arena_strdup(session->arena, links->items[j].name),
					.metric = from->metric,
					.table = from->table,
					.mtu = from->mtu,
					.on_link = from->on_link
				};
	}
	facts->routes = routes;
}

int net_facts(struct net_session *session, struct plan_net_facts *facts, struct err *err)
{
	struct kern_link_list links = { 0 };
	struct kern_address_list addresses = { 0 };
	struct kern_route_list routes = { 0 };
	struct plan_net_link *list;
	int ret = kern_link_list(session->inside, &links, err) ||
				  kern_address_list(session->inside, 0, &addresses, err) ||
				  kern_route_list(session->inside, &routes, err)
			  ? -1
			  : 0;

	list = arena_array(session->arena, links.count, sizeof(*list));
	*facts = (struct plan_net_facts){ .links = list, .link_count = links.count };
	for (size_t i = 0; !ret && i < links.count; i++) {
		ret = fill_link(session, &links.items[i], &list[i], err);
		fill_addresses(session, &addresses, links.items[i].index, &list[i]);
	}
	if (!ret)
		fill_routes(session, &routes, &links, facts);
	free(links.items);
	free(addresses.items);
	free(routes.items);
	return ret;
}
