/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/ip.h"
#include "base/strbuf.h"
#include "spec/names.h"
#include "spec/net.h"
#include "plan/net.h"
#include "plan/show.h"
#include "plan/step.h"
#include "spec/firewall.h"

static void print_addresses(const struct spec_net_addresses *list, const char *between, struct strbuf *out)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < list->count; i++)
		strbuf_printf(out, "%s%s", between, ip_net_text(&list->items[i], text, sizeof(text)));
}

static void print_settings(const struct spec_net_interface *interface, struct strbuf *out)
{
	const unsigned char *mac = interface->mac;

	if (interface->mtu)
		strbuf_printf(out, ", mtu %u", interface->mtu);
	if (interface->has_tx_queue_length)
		strbuf_printf(out, ", queue %u", interface->tx_queue_length);
	if (interface->has_mac)
		strbuf_printf(out, ", mac %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
			      mac[5]);
}

void plan_net_print_interface(const struct spec_net_interface *interface, struct strbuf *out)
{
	strbuf_puts(out, spec_names_of(&spec_names_net_type, interface->type));
	if (interface->name)
		strbuf_printf(out, " %s", interface->name);
	if (interface->host_name)
		strbuf_printf(out, ", host's end %s", interface->host_name);
	if (interface->parent)
		strbuf_printf(out, ", %s %s", interface->type == SPEC_NET_PHYS ? "of" : "on", interface->parent);
	if (interface->vlan)
		strbuf_printf(out, ", vlan %u", interface->vlan);
	if (interface->bridge)
		strbuf_printf(out, ", bridge %s%s", interface->bridge,
			      interface->create_bridge ? " (made if missing)" : "");
	if (interface->hairpin)
		strbuf_puts(out, ", hairpin");
	if (interface->isolated)
		strbuf_puts(out, ", isolated");
	print_settings(interface, out);
	print_addresses(&interface->addresses, ", ", out);
	if (interface->automatic)
		print_addresses(&interface->subnets, ", an address of ", out);
	if (interface->down)
		strbuf_puts(out, ", down");
}

void plan_net_print_route(const struct spec_net_route *route, struct strbuf *out)
{
	char text[IP_TEXT_MAX];

	strbuf_puts(out, ip_net_text(&route->destination, text, sizeof(text)));
	if (route->gateway.family)
		strbuf_printf(out, " via %s", ip_text(&route->gateway, text, sizeof(text)));
	if (route->interface)
		strbuf_printf(out, " dev %s", route->interface);
	if (route->source.family)
		strbuf_printf(out, " src %s", ip_text(&route->source, text, sizeof(text)));
	if (route->metric)
		strbuf_printf(out, " metric %u", route->metric);
	if (route->table && route->table != 254)
		strbuf_printf(out, " table %u", route->table);
	if (route->mtu)
		strbuf_printf(out, " mtu %u", route->mtu);
}

static void print_set(const struct plan_net_change *change, struct strbuf *out)
{
	strbuf_printf(out, "~ interface %s", change->name);
	print_settings(change->interface, out);
	if (change->interface->down != change->before->down)
		strbuf_puts(out, change->interface->down ? ", down" : ", up");
}

static void print_port(const struct plan_net_change *change, struct strbuf *out)
{
	const struct spec_net_interface *port = change->interface;

	strbuf_printf(out, "~ interface %s, %s%s%s%s", change->name, port->bridge ? "bridge " : "no bridge",
		      port->bridge ? port->bridge : "", port->hairpin ? ", hairpin" : "",
		      port->isolated ? ", isolated" : "");
}

void plan_net_print(const struct plan_net_change *change, struct strbuf *out)
{
	char text[IP_TEXT_MAX];

	switch (change->kind) {
	case PLAN_NET_LINK_ADD:
		strbuf_puts(out, "+ interface ");
		plan_net_print_interface(change->interface, out);
		break;
	case PLAN_NET_LINK_DELETE:
		strbuf_printf(out, "- interface %s %s", spec_names_of(&spec_names_net_type, change->before->type),
			      change->name);
		break;
	case PLAN_NET_LINK_SET:
		print_set(change, out);
		break;
	case PLAN_NET_PORT_SET:
		print_port(change, out);
		break;
	case PLAN_NET_ADDRESS_ADD:
	case PLAN_NET_ADDRESS_DELETE:
		strbuf_printf(out, "%c address %s on %s", change->kind == PLAN_NET_ADDRESS_ADD ? '+' : '-',
			      ip_net_text(&change->address, text, sizeof(text)), change->name);
		break;
	case PLAN_NET_ROUTE_ADD:
	case PLAN_NET_ROUTE_DELETE:
		strbuf_puts(out, change->kind == PLAN_NET_ROUTE_ADD ? "+ route " : "- route ");
		plan_net_print_route(&change->route, out);
		break;
	}
}

/* ---- steps --------------------------------------------------------------------- */

static void show_addresses(struct show *show, const char *key, const struct spec_net_addresses *list)
{
	struct show_list items;
	char text[IP_TEXT_MAX];

	if (!list->count)
		return;
	items = show_list_begin(show, key, SHOW_KEY);
	for (size_t i = 0; i < list->count; i++)
		show_list_item(&items, "%s", ip_net_text(&list->items[i], text, sizeof(text)));
	show_list_end(&items);
}

static void show_gateways(struct show *show, const struct spec_net_interface *interface)
{
	struct show_list items;
	char text[IP_TEXT_MAX];

	if (!interface->gateway_count)
		return;
	items = show_list_begin(show, "gateways", SHOW_KEY);
	for (size_t i = 0; i < interface->gateway_count; i++)
		show_list_item(&items, "%s", ip_text(&interface->gateways[i], text, sizeof(text)));
	show_list_end(&items);
}

static void show_settings(struct show *show, const struct spec_net_interface *interface)
{
	const unsigned char *mac = interface->mac;
	char text[18];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	show_text(show, "mac", interface->has_mac ? text : NULL);
	if (interface->mtu)
		show_u64(show, "mtu", interface->mtu);
	if (interface->has_tx_queue_length)
		show_u64(show, "txQueueLength", interface->tx_queue_length);
	if (interface->vlan)
		show_u64(show, "vlan", interface->vlan);
	if (interface->has_mode)
		show_text(show, "mode",
			  spec_names_of(interface->type == SPEC_NET_MACVLAN ? &spec_names_macvlan_mode
									    : &spec_names_ipvlan_mode,
					interface->mode));
	show_flag(show, "hairpin", interface->hairpin);
	show_flag(show, "isolated", interface->isolated);
	show_flag(show, "acceptRa", interface->accept_ra);
	show_flag(show, "down", interface->down);
}

void show_step_net_interface(struct show *show, const struct step *step)
{
	const struct spec_net_interface *interface = step->net_interface;

	show_plain(show, "type", spec_names_of(&spec_names_net_type, interface->type));
	show_plain(show, "name", interface->name);
	show_text(show, "hostName", interface->host_name);
	show_text(show, "parent", interface->parent);
	show_text(show, "bridge", interface->bridge);
	show_flag(show, "createBridge", interface->create_bridge);
	show_addresses(show, "addresses", &interface->addresses);
	show_addresses(show, "auto", &interface->subnets);
	show_addresses(show, "hostAddresses", &interface->host_addresses);
	show_gateways(show, interface);
	show_settings(show, interface);
}

void show_step_net_route(struct show *show, const struct step *step)
{
	const struct spec_net_route *route = step->net_route;
	char text[IP_TEXT_MAX];

	show_plain(show, "destination", ip_net_text(&route->destination, text, sizeof(text)));
	show_word(show, "via", "gateway", route->gateway.family ? ip_text(&route->gateway, text, sizeof(text)) : NULL);
	show_word(show, "on", "interface", route->interface);
	show_text(show, "source", route->source.family ? ip_text(&route->source, text, sizeof(text)) : NULL);
	if (route->metric)
		show_u64(show, "metric", route->metric);
	if (route->table)
		show_u64(show, "table", route->table);
	if (route->mtu)
		show_u64(show, "mtu", route->mtu);
	show_flag(show, "onLink", route->on_link);
}

void show_step_net_rules(struct show *show, const struct step *step)
{
	const struct spec_net *net = step->net_rules;
	size_t ports = 0;

	for (size_t i = 0; i < net->interface_count; i++) {
		ports += net->interfaces[i].port_count;
		show_word(show, "masquerade", "masquerade",
			  net->interfaces[i].masquerade ? net->interfaces[i].name : NULL);
	}
	if (ports)
		show_u64(show, "ports", ports);
	if (net->firewall)
		show_u64(show, "rules", net->firewall->rule_count);
}
