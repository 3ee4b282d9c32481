/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One element of "networks". */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/ip.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/net.h"
#include "spec/parts.h"
#include "spec/read.h"

#define T(type) (1u << SPEC_NET_##type)
#define REAL (T(VETH) | T(MACVLAN) | T(IPVLAN) | T(VLAN) | T(DUMMY) | T(PHYS))

/* What is only said of some types. */
static const struct {
	const char *key;
	unsigned types;
	const char *names;
} only[] = {
	{ "hostName", T(VETH), "veth" },
	{ "bridge", T(VETH), "veth" },
	{ "createBridge", T(VETH), "veth" },
	{ "hairpin", T(VETH), "veth" },
	{ "isolated", T(VETH), "veth" },
	{ "hostAddresses", T(VETH) | T(PHYS), "veth and phys" },
	{ "parent", T(MACVLAN) | T(IPVLAN) | T(VLAN) | T(PHYS), "macvlan, ipvlan, vlan and phys" },
	{ "mode", T(MACVLAN) | T(IPVLAN), "macvlan and ipvlan" },
	{ "vlan", T(VLAN), "vlan" },
	{ "mac", T(VETH) | T(MACVLAN) | T(VLAN) | T(DUMMY) | T(PHYS), "veth, macvlan, vlan, dummy and phys" },
	{ "name", REAL, "interfaces other than lo" },
	{ "addresses", REAL | T(LOOPBACK), "interfaces" },
	{ "subnets", REAL, "interfaces other than lo" },
	{ "gateways", REAL, "interfaces other than lo" },
	{ "hostMtu", T(PHYS), "phys" },
	{ "hostMac", T(PHYS), "phys" },
	{ "mtu", REAL | T(LOOPBACK), "interfaces" },
	{ "txQueueLength", REAL, "interfaces other than lo" },
	{ "down", REAL, "interfaces other than lo" },
	{ "acceptRa", REAL, "interfaces other than lo" },
	{ "masquerade", REAL, "interfaces other than lo" },
	{ "ports", REAL, "interfaces other than lo" },
	{ "limit", REAL, "interfaces other than lo" },
};

static int check_keys(struct reader *r, const struct json_at *at, enum spec_net_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(only); i++) {
		struct json_at member = json_member(at, only[i].key);

		if (member.node && !(only[i].types & (1u << type)))
			return json_error(&member, r->err, "is for %s, not for %s", only[i].names,
					  spec_names_of(&spec_names_net_type, type));
	}
	return 0;
}

static int read_interface_name(struct reader *r, const struct json_at *at, const char *key, const char **name)
{
	struct json_at member = json_member(at, key);

	if (spec_read_string(r, at, key, name))
		return -1;
	if (!*name || spec_interface_is_valid(*name))
		return 0;
	return spec_read_expected(r, &member,
				  "the name of an interface (1 to 15 characters, no \"/\", \":\", \"%\" or space)");
}

static int read_address(struct reader *r, const struct json_at *at, struct ip_net *net)
{
	const char *text;

	if (json_read_string(at, &text, r->err))
		return -1;
	/* Without a prefix it would be one address and no network, which is hardly ever meant. */
	if (ip_net_parse(text, net) || !strchr(text, '/'))
		return spec_read_expected(r, at, "an address with a prefix (\"10.0.0.2/24\", \"fd00::2/64\")");
	if (ip_is_any(&net->address) || ip_is_multicast(&net->address))
		return spec_read_expected(r, at, "the address of one interface");
	return 0;
}

/* The ends of an IPv4 network are nobody's (RFC 3021 excepts /31). */
static int check_host_address(struct reader *r, const struct json_at *at, const struct ip_net *net)
{
	struct ip base = ip_net_base(net), last = ip_net_last(net);

	if (net->address.family != AF_INET || net->prefix >= 31)
		return 0;
	if (ip_equal(&base, &net->address))
		return spec_read_expected(r, at, "the address of one interface and not of its whole network");
	if (ip_equal(&last, &net->address))
		return spec_read_expected(r, at, "the address of one interface and not its network's for broadcasts");
	return 0;
}

static int read_addresses(struct reader *r, const struct json_at *at, const char *key, bool *automatic,
			  struct spec_net_addresses *list)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, key, &array))
		return -1;
	list->items = arena_array(r->arena, json_count(&array), sizeof(*list->items));
	while (json_next(&array, &item)) {
		struct ip_net *net = &list->items[list->count];
		const char *text;

		if (automatic && json_is_string(&item) && json_read_string(&item, &text, r->err) == 0 &&
		    !strcmp(text, "auto")) {
			*automatic = true;
			continue;
		}
		if (read_address(r, &item, net) || check_host_address(r, &item, net))
			return -1;
		for (size_t i = 0; i < list->count; i++)
			if (ip_equal(&list->items[i].address, &net->address))
				return spec_read_expected(r, &item, "each address once");
		list->count++;
	}
	return 0;
}

/* As a network is written: nothing behind the prefix. */
int spec_net_network_read(struct reader *r, const struct json_at *at, struct ip_net *net)
{
	char text[IP_TEXT_MAX];
	struct ip_net base;
	const char *given;

	if (json_read_string(at, &given, r->err))
		return -1;
	if (ip_net_parse(given, net))
		return spec_read_expected(r, at, "a network (\"10.0.0.0/24\", \"fd00::/64\")");
	base = (struct ip_net){ ip_net_base(net), net->prefix };
	if (ip_net_equal(&base, net))
		return 0;
	return json_error(at, r->err, "%s has bits behind its prefix: the network is %s", given,
			  ip_net_text(&base, text, sizeof(text)));
}

static int read_subnets(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	struct spec_net_addresses *list = &interface->subnets;
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "subnets", &array))
		return -1;
	list->items = arena_array(r->arena, json_count(&array), sizeof(*list->items));
	while (json_next(&array, &item)) {
		struct ip_net *net = &list->items[list->count];

		if (spec_net_network_read(r, &item, net))
			return -1;
		for (size_t i = 0; i < list->count; i++)
			if (ip_net_overlaps(&list->items[i], net))
				return spec_read_expected(r, &item, "subnets that do not overlap");
		list->count++;
	}
	if (interface->automatic && !list->count)
		return json_error(at, r->err, "the address \"auto\" needs \"subnets\" to take one from");
	if (!interface->automatic && list->count)
		return json_error(&array, r->err, "is for the address \"auto\", which is not there");
	return 0;
}

static int check_gateway(struct reader *r, const struct json_at *at, const struct spec_net_interface *interface,
			 const struct ip *gateway)
{
	bool family = false;

	for (size_t i = 0; i < interface->gateway_count; i++)
		if (interface->gateways[i].family == gateway->family)
			return spec_read_expected(r, at, "one gateway of each family");
	for (size_t i = 0; i < interface->addresses.count; i++) {
		family = family || interface->addresses.items[i].address.family == gateway->family;
		if (ip_equal(&interface->addresses.items[i].address, gateway))
			return spec_read_expected(r, at, "a gateway that is not the interface itself");
	}
	for (size_t i = 0; i < interface->subnets.count; i++)
		family = family || interface->subnets.items[i].address.family == gateway->family;
	if (!family && interface->type != SPEC_NET_PHYS)
		return spec_read_expected(r, at, "a gateway of the family of one of the addresses");
	return 0;
}

int spec_net_ip_read(struct reader *r, const struct json_at *at, struct ip *ip)
{
	const char *text;

	if (json_read_string(at, &text, r->err))
		return -1;
	if (ip_parse(text, ip) || ip_is_any(ip) || ip_is_multicast(ip))
		return spec_read_expected(r, at, "an address (\"10.0.0.1\", \"fd00::1\")");
	return 0;
}

static int read_gateways(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "gateways", &array))
		return -1;
	interface->gateways = arena_array(r->arena, json_count(&array), sizeof(*interface->gateways));
	while (json_next(&array, &item)) {
		struct ip *gateway = &interface->gateways[interface->gateway_count];

		if (spec_net_ip_read(r, &item, gateway) || check_gateway(r, &item, interface, gateway))
			return -1;
		interface->gateway_count++;
	}
	return 0;
}

static int read_mac(struct reader *r, const struct json_at *at, const char *key, bool *given,
		    unsigned char mac[static 6])
{
	struct json_at member = spec_read_member(r, at, key);
	unsigned bytes[6];
	const char *text;
	int end = 0;

	if (!member.node)
		return 0;
	if (json_read_string(&member, &text, r->err))
		return -1;
	if (strspn(text, "0123456789abcdefABCDEF:") != 17 ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4], &bytes[5],
		   &end) != 6 ||
	    end != 17 || text[17])
		return spec_read_expected(r, &member, "a MAC address (\"02:00:00:00:00:01\")");
	for (int i = 0; i < 6; i++)
		mac[i] = (unsigned char)bytes[i];
	if ((bytes[0] & 1) || !(bytes[0] | bytes[1] | bytes[2] | bytes[3] | bytes[4] | bytes[5]))
		return spec_read_expected(r, &member, "the MAC address of one interface (no multicast, not zero)");
	*given = true;
	return 0;
}

static int read_numbers(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	struct json_at mtu = json_member(at, "mtu"), vlan = json_member(at, "vlan");

	interface->has_tx_queue_length = json_member(at, "txQueueLength").node;
	if (spec_read_u32(r, at, "mtu", &interface->mtu) || spec_read_u32(r, at, "hostMtu", &interface->host_mtu) ||
	    spec_read_u32(r, at, "txQueueLength", &interface->tx_queue_length) ||
	    spec_read_u16(r, at, "vlan", &interface->vlan))
		return -1;
	/* IP's least; and what a veth takes at most, which the kernel answers with a bare EINVAL. */
	if (mtu.node && (interface->mtu < 68 || interface->mtu > 65535))
		return spec_read_expected(r, &mtu, "an MTU (68 to 65535)");
	if (vlan.node && (interface->vlan < 1 || interface->vlan > 4094))
		return spec_read_expected(r, &vlan, "a VLAN's number (1 to 4094)");
	if (interface->type == SPEC_NET_VLAN && spec_read_required(r, at, "vlan"))
		return -1;
	for (size_t i = 0; mtu.node && i < interface->addresses.count; i++)
		if (interface->addresses.items[i].address.family == AF_INET6 && interface->mtu < 1280)
			return spec_read_expected(r, &mtu, "an MTU of at least 1280, as IPv6 needs it");
	return 0;
}

static int read_mode(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	bool macvlan = interface->type == SPEC_NET_MACVLAN;
	const struct spec_names *names = macvlan ? &spec_names_macvlan_mode : &spec_names_ipvlan_mode;
	uint64_t mode = 0;

	if (interface->type != SPEC_NET_MACVLAN && interface->type != SPEC_NET_IPVLAN)
		return spec_read_member(r, at, "mode").node ? -1 : 0;
	spec_names_find(names, macvlan ? "bridge" : "l2", &mode);
	if (spec_read_name(r, at, "mode", names, &mode))
		return -1;
	interface->mode = (uint32_t)mode;
	interface->has_mode = true;
	return 0;
}

static int check_bridge(struct reader *r, const struct json_at *at, const struct spec_net_interface *interface)
{
	struct json_at host_addresses = json_member(at, "hostAddresses");
	static const char *const keys[] = { "createBridge", "hairpin", "isolated", NULL };

	for (const char *const *key = keys; !interface->bridge && *key; key++) {
		struct json_at member = json_member(at, *key);

		if (member.node)
			return json_error(&member, r->err, "needs \"bridge\"");
	}
	if (interface->bridge && host_addresses.node)
		return json_error(&host_addresses, r->err, "with \"bridge\" it is the bridge that has addresses");
	return 0;
}

static int read_names(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	bool needs_parent = interface->type == SPEC_NET_MACVLAN || interface->type == SPEC_NET_IPVLAN ||
			    interface->type == SPEC_NET_VLAN || interface->type == SPEC_NET_PHYS;

	return read_interface_name(r, at, "name", &interface->name) ||
			       read_interface_name(r, at, "hostName", &interface->host_name) ||
			       read_interface_name(r, at, "bridge", &interface->bridge) ||
			       read_interface_name(r, at, "parent", &interface->parent) ||
			       (needs_parent && spec_read_required(r, at, "parent")) ||
			       check_bridge(r, at, interface)
		       ? -1
		       : 0;
}

static int read_flags(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	return spec_read_bool(r, at, "createBridge", &interface->create_bridge) ||
			       spec_read_bool(r, at, "hairpin", &interface->hairpin) ||
			       spec_read_bool(r, at, "isolated", &interface->isolated) ||
			       spec_read_bool(r, at, "down", &interface->down) ||
			       spec_read_bool(r, at, "acceptRa", &interface->accept_ra) ||
			       spec_read_bool(r, at, "masquerade", &interface->masquerade)
		       ? -1
		       : 0;
}

int spec_net_interface_read(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	uint64_t type = SPEC_NET_VETH;

	if (json_read_object(at, r->err) || spec_read_name(r, at, "type", &spec_names_net_type, &type))
		return -1;
	interface->type = (enum spec_net_type)type;
	return check_keys(r, at, interface->type) || read_names(r, at, interface) ||
			       read_addresses(r, at, "addresses", &interface->automatic, &interface->addresses) ||
			       read_addresses(r, at, "hostAddresses", NULL, &interface->host_addresses) ||
			       read_subnets(r, at, interface) || read_gateways(r, at, interface) ||
			       read_mac(r, at, "mac", &interface->has_mac, interface->mac) ||
			       read_mac(r, at, "hostMac", &interface->has_host_mac, interface->host_mac) ||
			       read_numbers(r, at, interface) ||
			       read_mode(r, at, interface) || read_flags(r, at, interface) ||
			       spec_net_ports_read(r, at, interface) || spec_net_limit_read(r, at, interface) ||
			       spec_read_end(r, at)
		       ? -1
		       : 0;
}
