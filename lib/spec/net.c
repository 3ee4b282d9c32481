/* SPDX-License-Identifier: GPL-2.0-or-later */
/* networks, routes and firewall: of "nsinit" in a container spec, of nsnet apply's file. */
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/ip.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/firewall.h"
#include "spec/net.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/spec.h"

static bool is_named(const struct spec_net *net, const char *name)
{
	for (size_t i = 0; i < net->interface_count; i++)
		if (net->interfaces[i].name && !strcmp(net->interfaces[i].name, name))
			return true;
	return false;
}

/* What has no name gets eth0, eth1, ...: the first that is free in the document. */
static void name_interfaces(struct reader *r, struct spec_net *net)
{
	for (size_t i = 0; i < net->interface_count; i++) {
		struct spec_net_interface *interface = &net->interfaces[i];

		if (interface->type == SPEC_NET_LOOPBACK)
			interface->name = "lo";
		if (interface->name || interface->type == SPEC_NET_EMPTY || interface->type == SPEC_NET_NONE)
			continue;
		for (unsigned number = 0; !interface->name; number++) {
			const char *name = arena_printf(r->arena, "eth%u", number);

			if (!is_named(net, name))
				interface->name = name;
		}
	}
}

static int read_interfaces(struct reader *r, const struct json_at *at, struct spec_net *net)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "networks", &array))
		return -1;
	net->interfaces_given = array.node;
	net->interfaces = arena_array(r->arena, json_count(&array), sizeof(*net->interfaces));
	while (json_next(&array, &item))
		if (spec_net_interface_read(r, &item, &net->interfaces[net->interface_count++]))
			return -1;
	name_interfaces(r, net);
	return spec_net_interfaces_check(r, &array, net);
}

/* "default" is of the gateway's family, or the source's. */
static int read_destination(struct reader *r, const struct json_at *at, struct spec_net_route *route)
{
	struct json_at member = spec_read_member(r, at, "destination");
	const char *text;

	if (spec_read_required(r, at, "destination") || json_read_string(&member, &text, r->err))
		return -1;
	if (strcmp(text, "default") != 0)
		return spec_net_network_read(r, &member, &route->destination);
	route->destination.address.family = route->gateway.family ? route->gateway.family : route->source.family;
	if (!route->destination.address.family)
		return json_error(&member, r->err, "\"default\" without a gateway can be IPv4's or IPv6's: write "
						   "0.0.0.0/0 or ::/0");
	return 0;
}

static int read_ip(struct reader *r, const struct json_at *at, const char *key, struct ip *ip)
{
	struct json_at member = spec_read_member(r, at, key);

	return member.node ? spec_net_ip_read(r, &member, ip) : 0;
}

static int check_route(struct reader *r, const struct json_at *at, const struct spec_net_route *route)
{
	struct json_at gateway = json_member(at, "gateway"), source = json_member(at, "source"),
		       interface = json_member(at, "interface"), on_link = json_member(at, "onLink");
	unsigned family = route->destination.address.family;

	if (gateway.node && route->gateway.family != family)
		return spec_read_expected(r, &gateway, "a gateway of the destination's family");
	if (source.node && route->source.family != family)
		return spec_read_expected(r, &source, "a source of the destination's family");
	if (interface.node && !spec_interface_is_valid(route->interface))
		return spec_read_expected(r, &interface, "the name of an interface");
	if (!gateway.node && !interface.node)
		return json_error(at, r->err, "a route needs a gateway or an interface");
	if (route->on_link && (!gateway.node || !interface.node))
		return json_error(&on_link, r->err, "needs a gateway and an interface");
	return 0;
}

static int read_route(struct reader *r, const struct json_at *at, struct spec_net_route *route)
{
	return json_read_object(at, r->err) || read_ip(r, at, "gateway", &route->gateway) ||
			       read_ip(r, at, "source", &route->source) || read_destination(r, at, route) ||
			       spec_read_string(r, at, "interface", &route->interface) ||
			       spec_read_u32(r, at, "metric", &route->metric) ||
			       spec_read_u32(r, at, "table", &route->table) ||
			       spec_read_u32(r, at, "mtu", &route->mtu) ||
			       spec_read_bool(r, at, "onLink", &route->on_link) || check_route(r, at, route) ||
			       spec_read_end(r, at)
		       ? -1
		       : 0;
}

static bool same_route(const struct spec_net_route *a, const struct spec_net_route *b)
{
	return ip_net_equal(&a->destination, &b->destination) && a->metric == b->metric && a->table == b->table;
}

int spec_net_routes_read(struct reader *r, const struct json_at *at, struct spec_net *net)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "routes", &array))
		return -1;
	net->routes_given = array.node;
	net->routes = arena_array(r->arena, json_count(&array), sizeof(*net->routes));
	while (json_next(&array, &item)) {
		struct spec_net_route *route = &net->routes[net->route_count];

		if (read_route(r, &item, route))
			return -1;
		for (size_t i = 0; i < net->route_count; i++)
			if (same_route(&net->routes[i], route))
				return json_error(&item, r->err, "a second route to the same destination with the "
								 "same metric");
		net->route_count++;
	}
	return 0;
}

int spec_net_read(struct reader *r, const struct json_at *at, struct spec_net **result)
{
	bool given = json_member(at, "networks").node || json_member(at, "routes").node ||
		     json_member(at, "firewall").node;
	struct spec_net *net = arena_alloc(r->arena, sizeof(*net));

	if (read_interfaces(r, at, net) || spec_net_routes_read(r, at, net) || spec_firewall_read(r, at, net))
		return -1;
	*result = given ? net : NULL;
	return 0;
}

bool spec_net_has_rules(const struct spec_net *net)
{
	for (size_t i = 0; i < net->interface_count; i++)
		if (net->interfaces[i].port_count || net->interfaces[i].masquerade || net->interfaces[i].limit.rx ||
		    net->interfaces[i].limit.tx)
			return true;
	return net->firewall;
}
