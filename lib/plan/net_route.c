/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/ip.h"
#include "spec/net.h"
#include "plan/net.h"
#include "plan/net_diff.h"

#define IPV6_METRIC 1024 /* what the kernel takes where no metric is given */
#define MAIN_TABLE 254

size_t plan_net_gateways(const struct spec_net_interface *interface, struct spec_net_route routes[2])
{
	size_t count = 0;

	for (size_t i = 0; i < interface->gateway_count && count < 2; i++) {
		struct spec_net_route *route = &routes[count++];
		bool near = ip_is_link_local(&interface->gateways[i]);

		*route = (struct spec_net_route){ .gateway = interface->gateways[i], .interface = interface->name };
		route->destination.address.family = route->gateway.family;
		for (size_t j = 0; j < interface->addresses.count; j++)
			near = near || ip_net_contains(&interface->addresses.items[j], &route->gateway);
		route->on_link = !near;
	}
	return count;
}

static uint32_t metric(const struct spec_net_route *route)
{
	return route->metric || route->destination.address.family == AF_INET ? route->metric : IPV6_METRIC;
}

static uint32_t table(const struct spec_net_route *route)
{
	return route->table ? route->table : MAIN_TABLE;
}

/* As the kernel takes it: one of these a table. */
static bool same_key(const struct spec_net_route *a, const struct spec_net_route *b)
{
	return ip_net_equal(&a->destination, &b->destination) && metric(a) == metric(b) && table(a) == table(b);
}

/* Is the route that is there the one that is asked for? */
static bool answers(const struct spec_net_route *there, const struct spec_net_route *asked)
{
	return same_key(there, asked) && ip_equal(&there->gateway, &asked->gateway) &&
	       (!asked->interface || plan_net_same_text(asked->interface, there->interface)) &&
	       (!asked->source.family || ip_equal(&asked->source, &there->source)) && there->mtu == asked->mtu;
}

struct routes {
	struct spec_net_route *items;
	long *index;
	size_t count;
};

/* Those of "routes", and those that gateways mean. */
static struct routes all_routes(struct plan_net_work *d, const struct spec_net *net)
{
	size_t room = net->route_count + 2 * net->interface_count;
	struct routes all = { .items = arena_array(d->arena, room, sizeof(*all.items)),
			      .index = arena_array(d->arena, room, sizeof(*all.index)) };

	for (size_t i = 0; i < net->interface_count; i++)
		all.count += plan_net_gateways(&net->interfaces[i], &all.items[all.count]);
	for (size_t i = 0; i < all.count; i++)
		all.index[i] = -1;
	for (size_t i = 0; i < net->route_count; i++) {
		all.index[all.count] = (long)i;
		all.items[all.count++] = net->routes[i];
	}
	return all;
}

static bool is_asked(const struct routes *routes, const struct spec_net_route *there)
{
	for (size_t i = 0; i < routes->count; i++)
		if (answers(there, &routes->items[i]))
			return true;
	return false;
}

/* What was recorded and is not wanted any more, and what goes with an interface: named, so that it can come back. */
static void delete_routes(struct plan_net_work *d, const struct routes *wanted, const struct routes *recorded)
{
	for (size_t i = 0; i < d->facts->route_count; i++) {
		const struct spec_net_route *there = &d->facts->routes[i];
		bool given = d->wanted->routes_given || d->wanted->interfaces_given;

		if (plan_net_is_deleted(d, there->interface) ||
		    (given && is_asked(recorded, there) && !is_asked(wanted, there)))
			plan_net_add(d, PLAN_NET_ROUTE_DELETE, there->interface)->route = *there;
	}
}

static void add_routes(struct plan_net_work *d, const struct routes *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		struct plan_net_change *change;
		bool there = false;

		for (size_t j = 0; j < d->facts->route_count && !there; j++)
			there = answers(&d->facts->routes[j], &wanted->items[i]) &&
				!plan_net_is_deleted(d, d->facts->routes[j].interface);
		if (there)
			continue;
		change = plan_net_add(d, PLAN_NET_ROUTE_ADD, wanted->items[i].interface);
		change->route = wanted->items[i];
		change->index = wanted->index[i];
	}
}

void plan_net_diff_routes(struct plan_net_work *d, const struct spec_net *whole)
{
	struct routes wanted = all_routes(d, whole), recorded = all_routes(d, d->recorded);

	delete_routes(d, &wanted, &recorded);
	add_routes(d, &wanted);
}
