/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration as rules: spec/net.h's words in kern/nft.h's. */
#include <net/if.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/memory.h"
#include "kern/link_info.h"
#include "kern/nft.h"
#include "kern/nl.h"
#include "spec/firewall.h"
#include "spec/net.h"
#include "run/net.h"
#include "run/net_rules_internal.h"

/* ---- ports ------------------------------------------------------------------------------ */

static const struct ip_net *first_address(const struct spec_net_interface *interface, int family)
{
	for (size_t i = 0; i < interface->addresses.count; i++)
		if (interface->addresses.items[i].address.family == family)
			return &interface->addresses.items[i];
	return NULL;
}

static int refuse(const struct spec_net_interface *interface, struct err *err)
{
	if (interface->type != SPEC_NET_VETH) {
		err_set(err, ERR_SPEC, "publish",
			"only ports of a veth can be published: this host does not reach the "
			"others' addresses");
		return err_object(err, "%s", interface->name);
	}
	if (interface->addresses.count)
		return 0;
	err_set(err, ERR_SPEC, "publish", "the interface has no address to hand on to");
	return err_object(err, "%s", interface->name);
}

int net_rules_each_port(const struct spec_net_interface *interface,
			int (*each)(const struct kern_nft_port *port, void *data, struct err *err),
			void *data, struct err *err)
{
	static const int families[] = { AF_INET, AF_INET6 };

	if (interface->port_count && refuse(interface, err))
		return -1;
	for (size_t i = 0; i < interface->port_count * ARRAY_SIZE(families); i++) {
		const struct spec_net_port *port = &interface->ports[i / ARRAY_SIZE(families)];
		int family = families[i % ARRAY_SIZE(families)];
		const struct ip_net *address = first_address(interface, family);

		if (port->host_address.family == family && !address) {
			err_set(err, ERR_SPEC, "publish",
				"the interface has no address of the family of the host's");
			return err_object(err, "%s", interface->name);
		}
		if (!address || (port->host_address.family && port->host_address.family != family))
			continue;
		for (unsigned n = 0; n < port->count; n++) {
			struct kern_nft_port one = { .interface = interface->name,
						     .protocol = port->protocol,
						     .host_address = port->host_address,
						     .host_port = (uint16_t)(port->host_port + n),
						     .address = *address,
						     .port = (uint16_t)(port->port + n) };

			if (each(&one, data, err))
				return -1;
		}
	}
	return 0;
}

static int add_port(const struct kern_nft_port *port, void *data, struct err *err)
{
	return kern_nft_rules_port(data, port, err);
}

/* Each address by itself: the subnet may be others' too. */
static int add_masquerade(struct kern_nft_rules *rules, const struct spec_net_interface *interface,
			  struct err *err)
{
	if (interface->type != SPEC_NET_VETH) {
		err_set(err, ERR_SPEC, "masquerade", "only what comes by a veth passes through this host");
		return err_object(err, "%s", interface->name);
	}
	for (size_t i = 0; i < interface->addresses.count; i++) {
		struct ip_net one = interface->addresses.items[i];

		one.prefix = (unsigned char)ip_bits(&one.address);
		if (kern_nft_rules_masquerade(rules, interface->name,
					      interface->bridge ? interface->bridge : interface->host_name,
					      &one, err))
			return -1;
	}
	return 0;
}

/* ---- firewall ---------------------------------------------------------------------------- */

struct addresses {
	struct ip *items;
	size_t count;
};

static void add_address(struct addresses *list, const struct ip *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (ip_equal(&list->items[i], address))
			return;
	list->items = memory_grow(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = *address;
}

/* Of a namespace whose interfaces somebody else made. */
static int read_addresses(int netns, struct addresses *list, struct err *err)
{
	struct kern_nl *nl = kern_nl_open_in(netns, err);
	struct kern_address_list found = { 0 };
	struct kern_link_info info;
	int ret = !nl || kern_address_list(nl, 0, &found, err) ? -1 : 0;

	for (size_t i = 0; !ret && i < found.count; i++)
		if (!found.items[i].link_local && kern_link_get(nl, found.items[i].index, &info, err) > 0 &&
		    !(info.flags & IFF_LOOPBACK))
			add_address(list, &found.items[i].net.address);
	free(found.items);
	kern_nl_close(nl);
	return ret || err_is_set(err) ? -1 : 0;
}

static int find_addresses(const struct run_net_target *target, const struct spec_net *net,
			  struct addresses *list, struct err *err)
{
	for (size_t i = 0; i < net->interface_count; i++)
		for (size_t j = 0;
		     net->interfaces[i].type != SPEC_NET_LOOPBACK && j < net->interfaces[i].addresses.count;
		     j++)
			add_address(list, &net->interfaces[i].addresses.items[j].address);
	if (!list->count && target->netns >= 0 && read_addresses(target->netns, list, err))
		return -1;
	if (list->count)
		return 0;
	err_set(err, ERR_SPEC, "firewall",
		"the namespace has no address that a firewall in front of it could go by");
	return err_object(err, "%s", target->owner);
}

static int add_chain(struct kern_nft_rules *rules, const char *owner,
		     const struct spec_net_firewall *firewall, struct kern_nft_chain *chain, struct err *err)
{
	auto_free struct kern_nft_filter *filters = memory_zalloc(firewall->rule_count + 1, sizeof(*filters));

	chain->count = 0;
	chain->filters = filters;
	chain->drop = chain->outgoing ? firewall->drop_outgoing : firewall->drop;
	for (size_t i = 0; i < firewall->rule_count; i++) {
		const struct spec_net_rule *rule = &firewall->rules[i];

		if (rule->outgoing == chain->outgoing)
			filters[chain->count++] =
				(struct kern_nft_filter){ (enum kern_nft_action)rule->action,
							  rule->protocol,
							  rule->port_first,
							  rule->port_last,
							  rule->from,
							  rule->to };
	}
	/* nothing to say: no chain, and no packet is looked at */
	return chain->count || chain->drop ? kern_nft_rules_firewall(rules, owner, chain, err) : 0;
}

static int add_firewall(const struct run_net_target *target, const struct spec_net *net,
			struct kern_nft_rules *host, struct kern_nft_rules *inside, struct err *err)
{
	const struct spec_net_firewall *firewall = net->firewall;
	struct addresses addresses = { 0 };
	struct kern_nft_chain chain = { 0 };
	int ret = 0;

	if (firewall->in_front && (firewall->drop || firewall->drop_outgoing || firewall->rule_count))
		ret = find_addresses(target, net, &addresses, err);
	chain.addresses = addresses.items;
	chain.address_count = addresses.count;
	for (int out = 0; !ret && out < 2; out++) {
		chain.outgoing = out;
		ret = add_chain(firewall->in_front ? host : inside, target->owner, firewall, &chain, err);
	}
	free(addresses.items);
	return ret;
}

int net_rules_build(const struct run_net_target *target, const struct spec_net *net,
		    struct kern_nft_rules *host, struct kern_nft_rules *inside, struct err *err)
{
	for (size_t i = 0; i < net->interface_count; i++) {
		const struct spec_net_interface *interface = &net->interfaces[i];

		if (net_rules_each_port(interface, add_port, host, err) ||
		    (interface->masquerade && add_masquerade(host, interface, err)))
			return -1;
	}
	return net->firewall ? add_firewall(target, net, host, inside, err) : 0;
}
