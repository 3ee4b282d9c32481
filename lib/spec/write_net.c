/* SPDX-License-Identifier: GPL-2.0-or-later */
/* networks, routes and firewall as JSON: reading that gives the same struct. */
#include <stdio.h>
#include <string.h>

#include "base/ip.h"
#include "base/json.h"
#include "spec/firewall.h"
#include "spec/names.h"
#include "spec/net.h"
#include "spec/parts.h"
#include "spec/spec.h"

static void write_addresses(struct json *object, const char *key, bool automatic,
			    const struct spec_net_addresses *list)
{
	char text[IP_TEXT_MAX];
	struct json *array;

	if (!automatic && !list->count)
		return;
	array = json_set_array(object, key);
	if (automatic)
		json_add_string(array, "auto");
	for (size_t i = 0; i < list->count; i++)
		json_add_string(array, ip_net_text(&list->items[i], text, sizeof(text)));
}

static void write_ip(struct json *object, const char *key, const struct ip *ip)
{
	char text[IP_TEXT_MAX];

	if (ip->family)
		json_set_string(object, key, ip_text(ip, text, sizeof(text)));
}

static void write_number(struct json *object, const char *key, uint64_t value)
{
	if (value)
		json_set_u64(object, key, value);
}

static void write_flag(struct json *object, const char *key, bool value)
{
	if (value)
		json_set_bool(object, key, true);
}

static void write_mac(struct json *object, const char *key, bool given, const unsigned char mac[static 6])
{
	char text[18];

	if (!given)
		return;
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	json_set_string(object, key, text);
}

static void write_layer(struct json *object, const struct spec_net_interface *interface)
{
	char text[IP_TEXT_MAX];
	struct json *array;

	write_addresses(object, "addresses", interface->automatic, &interface->addresses);
	write_addresses(object, "subnets", false, &interface->subnets);
	write_addresses(object, "hostAddresses", false, &interface->host_addresses);
	if (interface->gateway_count) {
		array = json_set_array(object, "gateways");
		for (size_t i = 0; i < interface->gateway_count; i++)
			json_add_string(array, ip_text(&interface->gateways[i], text, sizeof(text)));
	}
	write_mac(object, "mac", interface->has_mac, interface->mac);
	write_mac(object, "hostMac", interface->has_host_mac, interface->host_mac);
	write_number(object, "mtu", interface->mtu);
	write_number(object, "hostMtu", interface->host_mtu);
	if (interface->has_tx_queue_length)
		json_set_u64(object, "txQueueLength", interface->tx_queue_length);
}

static void write_interface(struct json *object, const struct spec_net_interface *interface)
{
	const struct spec_names *modes =
		interface->type == SPEC_NET_MACVLAN ? &spec_names_macvlan_mode : &spec_names_ipvlan_mode;
	bool nameless = interface->type == SPEC_NET_LOOPBACK;

	json_set_string(object, "type", spec_names_of(&spec_names_net_type, interface->type));
	if (!nameless)
		json_set_string(object, "name", interface->name);
	json_set_string(object, "hostName", interface->host_name);
	json_set_string(object, "parent", interface->parent);
	json_set_string(object, "bridge", interface->bridge);
	write_flag(object, "createBridge", interface->create_bridge);
	if (interface->has_mode)
		json_set_string(object, "mode", spec_names_of(modes, interface->mode));
	write_number(object, "vlan", interface->vlan);
	write_layer(object, interface);
	write_flag(object, "hairpin", interface->hairpin);
	write_flag(object, "isolated", interface->isolated);
	write_flag(object, "down", interface->down);
	write_flag(object, "acceptRa", interface->accept_ra);
	write_flag(object, "masquerade", interface->masquerade);
	spec_net_ports_write(object, interface);
	spec_net_limit_write(object, interface);
}

static void write_route(struct json *object, const struct spec_net_route *route)
{
	char text[IP_TEXT_MAX];

	json_set_string(object, "destination", ip_net_text(&route->destination, text, sizeof(text)));
	write_ip(object, "gateway", &route->gateway);
	write_ip(object, "source", &route->source);
	json_set_string(object, "interface", route->interface);
	write_number(object, "metric", route->metric);
	write_number(object, "table", route->table);
	write_number(object, "mtu", route->mtu);
	write_flag(object, "onLink", route->on_link);
}

void spec_net_write(struct json *object, const struct spec_net *net)
{
	struct json *array;

	if (!net)
		return;
	if (net->interfaces_given || net->interface_count) {
		array = json_set_array(object, "networks");
		for (size_t i = 0; i < net->interface_count; i++)
			write_interface(json_add_object(array), &net->interfaces[i]);
	}
	if (net->routes_given || net->route_count) {
		array = json_set_array(object, "routes");
		for (size_t i = 0; i < net->route_count; i++)
			write_route(json_add_object(array), &net->routes[i]);
	}
	spec_firewall_write(object, net->firewall);
}

struct json *spec_write_net(const struct spec_net *net)
{
	struct json *object = json_object();

	spec_net_write(object, net);
	return object;
}
