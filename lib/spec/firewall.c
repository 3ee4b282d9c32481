/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "firewall" of a network configuration, and "ports" and "limit" of an interface: read and written. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/number.h"
#include "spec/firewall.h"
#include "spec/names.h"
#include "spec/net.h"
#include "spec/parts.h"
#include "spec/read.h"

static const struct spec_name protocol_items[] = {
	{ "tcp", IPPROTO_TCP },         { "udp", IPPROTO_UDP },   { "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE }, { "icmp", IPPROTO_ICMP }, { "igmp", IPPROTO_IGMP },
	{ "ipip", IPPROTO_IPIP },       { "gre", IPPROTO_GRE },   { "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH },
};
const struct spec_names spec_names_ip_protocol = { "a protocol", protocol_items, ARRAY_SIZE(protocol_items) };

static const struct spec_name action_items[] = {
	{ "allow", SPEC_NET_ALLOW },
	{ "deny", SPEC_NET_DENY },
	{ "reject", SPEC_NET_REJECT },
};
const struct spec_names spec_names_net_action = { "an action of a firewall", action_items,
						  ARRAY_SIZE(action_items) };

static const struct spec_name direction_items[] = { { "in", 0 }, { "out", 1 } };
static const struct spec_names directions = { "a direction", direction_items, ARRAY_SIZE(direction_items) };

static const struct spec_name policy_items[] = { { "accept", 0 }, { "drop", 1 } };
static const struct spec_names policies = { "a policy", policy_items, ARRAY_SIZE(policy_items) };

bool spec_protocol_has_ports(uint8_t protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP ||
	       protocol == IPPROTO_UDPLITE;
}

/* ---- ports --------------------------------------------------------------------------- */

static int read_port_number(struct reader *r, const struct json_at *at, const char *key, uint16_t *port)
{
	struct json_at member = json_member(at, key);

	if (spec_read_u16(r, at, key, port))
		return -1;
	if (member.node && !*port)
		return spec_read_expected(r, &member, "a port (1 to 65535)");
	return 0;
}

/* Whatever its address: 0.0.0.0 and :: are all of that family, which no address is too, but of both. */
static int read_host_address(struct reader *r, const struct json_at *at, struct ip *address)
{
	struct json_at member = spec_read_member(r, at, "hostAddress");
	const char *text;

	if (!member.node)
		return 0;
	if (json_read_string(&member, &text, r->err))
		return -1;
	if (ip_parse(text, address) || ip_is_any(address) || ip_is_multicast(address))
		return spec_read_expected(r, &member,
					  "an address of the host (\"192.0.2.1\", \"127.0.0.1\", "
					  "\"2001:db8::1\"; leave it out for all)");
	return 0;
}

bool spec_net_ports_overlap(const struct spec_net_port *a, const struct spec_net_port *b)
{
	if (a->protocol != b->protocol || a->host_port + (unsigned)a->count <= b->host_port ||
	    b->host_port + (unsigned)b->count <= a->host_port)
		return false;
	return !a->host_address.family || !b->host_address.family ||
	       ip_equal(&a->host_address, &b->host_address);
}

static int read_port(struct reader *r, const struct json_at *at, struct spec_net_port *port)
{
	uint64_t protocol = IPPROTO_TCP;

	port->count = 1;
	if (json_read_object(at, r->err) || spec_read_required(r, at, "hostPort") ||
	    read_port_number(r, at, "hostPort", &port->host_port) ||
	    read_port_number(r, at, "port", &port->port) || read_port_number(r, at, "count", &port->count) ||
	    spec_read_name(r, at, "protocol", &spec_names_ip_protocol, &protocol) ||
	    read_host_address(r, at, &port->host_address) || spec_read_end(r, at))
		return -1;
	port->protocol = (uint8_t)protocol;
	if (!port->port)
		port->port = port->host_port;
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP && protocol != IPPROTO_SCTP)
		return json_error(at, r->err, "only ports of tcp, udp and sctp can be published");
	if (port->host_port + (unsigned)port->count > 65536 || port->port + (unsigned)port->count > 65536)
		return json_error(at, r->err, "%u ports from there on go beyond 65535", port->count);
	return 0;
}

int spec_net_ports_read(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "ports", &array))
		return -1;
	interface->ports = arena_array(r->arena, json_count(&array), sizeof(*interface->ports));
	while (json_next(&array, &item)) {
		struct spec_net_port *port = &interface->ports[interface->port_count];

		if (read_port(r, &item, port))
			return -1;
		for (size_t i = 0; i < interface->port_count; i++)
			if (spec_net_ports_overlap(&interface->ports[i], port))
				return json_error(&item, r->err,
						  "port %u of the host is published a second time",
						  port->host_port);
		interface->port_count++;
	}
	/* with br_netfilter a port published to its own container goes back through the bridge's port */
	if (interface->port_count && interface->bridge)
		interface->hairpin = true;
	return 0;
}

void spec_net_ports_write(struct json *object, const struct spec_net_interface *interface)
{
	struct json *array = interface->port_count ? json_set_array(object, "ports") : NULL, *item;
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < interface->port_count; i++) {
		const struct spec_net_port *port = &interface->ports[i];

		item = json_add_object(array);
		if (port->host_address.family)
			json_set_string(item, "hostAddress",
					ip_text(&port->host_address, text, sizeof(text)));
		json_set_u64(item, "hostPort", port->host_port);
		json_set_u64(item, "port", port->port);
		if (port->count != 1)
			json_set_u64(item, "count", port->count);
		json_set_string(item, "protocol", spec_names_of(&spec_names_ip_protocol, port->protocol));
	}
}

/* ---- limit ---------------------------------------------------------------------------- */

int spec_net_limit_read(struct reader *r, const struct json_at *at, struct spec_net_interface *interface)
{
	struct spec_net_limit *limit = &interface->limit;
	struct json_at member;

	if (spec_read_object(r, at, "limit", &member))
		return -1;
	if (!member.node)
		return 0;
	if (spec_read_u64(r, &member, "rx", &limit->rx) || spec_read_u64(r, &member, "tx", &limit->tx) ||
	    spec_read_u64(r, &member, "burst", &limit->burst) || spec_read_end(r, &member))
		return -1;
	/* the kernel counts in bytes a second */
	if ((limit->rx && limit->rx < SPEC_NET_RATE_MIN) || (limit->tx && limit->tx < SPEC_NET_RATE_MIN))
		return json_error(&member, r->err, "a rate is in bits a second: at least %u",
				  SPEC_NET_RATE_MIN);
	if (limit->burst > SPEC_NET_BURST_MAX)
		return json_error(&member, r->err, "a burst has at most %u bytes", SPEC_NET_BURST_MAX);
	return 0;
}

void spec_net_limit_write(struct json *object, const struct spec_net_interface *interface)
{
	const struct spec_net_limit *limit = &interface->limit;
	struct json *member;

	if (!limit->rx && !limit->tx)
		return;
	member = json_set_object(object, "limit");
	if (limit->rx)
		json_set_u64(member, "rx", limit->rx);
	if (limit->tx)
		json_set_u64(member, "tx", limit->tx);
	if (limit->burst)
		json_set_u64(member, "burst", limit->burst);
}

/* ---- firewall -------------------------------------------------------------------------- */

/* A name or a number. */
static int read_protocol(struct reader *r, const struct json_at *at, uint8_t *protocol)
{
	struct json_at member = spec_read_member(r, at, "protocol");
	uint64_t value = 0;

	if (!member.node)
		return 0;
	if (json_is_string(&member)) {
		if (spec_read_name_at(r, &member, &spec_names_ip_protocol, &value))
			return -1;
	} else if (json_read_u64(&member, 255, &value, r->err)) {
		return -1;
	}
	*protocol = (uint8_t)value;
	return 0;
}

int spec_port_range_parse(const char *text, uint16_t *first, uint16_t *last)
{
	const char *dash = strchr(text, '-');
	uint32_t from, to;
	char start[8];

	if ((dash ? (size_t)(dash - text) : strlen(text)) >= sizeof(start))
		return -1;
	snprintf(start, sizeof(start), "%.*s", dash ? (int)(dash - text) : (int)strlen(text), text);
	if (number_u32(start, &from) || number_u32(dash ? dash + 1 : start, &to) || !from || from > to ||
	    to > 65535)
		return -1;
	*first = (uint16_t)from;
	*last = (uint16_t)to;
	return 0;
}

/* 80 or "8000-8100". */
static int read_port_range(struct reader *r, const struct json_at *at, struct spec_net_rule *rule)
{
	struct json_at member = spec_read_member(r, at, "port");
	uint64_t value = 0;
	const char *text;

	if (!member.node)
		return 0;
	if (json_is_string(&member)) {
		if (json_read_string(&member, &text, r->err))
			return -1;
		if (spec_port_range_parse(text, &rule->port_first, &rule->port_last))
			return spec_read_expected(r, &member,
						  "a port or a range of them (80, \"8000-8100\")");
	} else {
		if (json_read_u64(&member, 65535, &value, r->err))
			return -1;
		if (!value)
			return spec_read_expected(r, &member, "a port (1 to 65535)");
		rule->port_first = rule->port_last = (uint16_t)value;
	}
	if (!spec_protocol_has_ports(rule->protocol))
		return json_error(&member, r->err,
				  "needs a \"protocol\" that has ports: tcp, udp, sctp or udplite");
	return 0;
}

static int read_network(struct reader *r, const struct json_at *at, const char *key, struct ip_net *net)
{
	struct json_at member = spec_read_member(r, at, key);

	return member.node ? spec_net_network_read(r, &member, net) : 0;
}

static int read_rule(struct reader *r, const struct json_at *at, struct spec_net_rule *rule)
{
	uint64_t action = 0, outgoing = 0;

	if (json_read_object(at, r->err) || spec_read_required(r, at, "action") ||
	    spec_read_name(r, at, "action", &spec_names_net_action, &action) ||
	    spec_read_name(r, at, "direction", &directions, &outgoing) ||
	    read_protocol(r, at, &rule->protocol) || read_port_range(r, at, rule) ||
	    read_network(r, at, "from", &rule->from) || read_network(r, at, "to", &rule->to) ||
	    spec_read_end(r, at))
		return -1;
	rule->action = (enum spec_net_action)action;
	rule->outgoing = outgoing;
	if (rule->from.address.family && rule->to.address.family &&
	    rule->from.address.family != rule->to.address.family)
		return json_error(at, r->err, "\"from\" and \"to\" must be of one family");
	return 0;
}

int spec_firewall_read(struct reader *r, const struct json_at *at, struct spec_net *net)
{
	uint64_t policy = 0, outgoing = 0;
	struct spec_net_firewall *firewall;
	struct json_at member, array, item = { 0 };

	if (spec_read_object(r, at, "firewall", &member))
		return -1;
	if (!member.node)
		return 0;
	net->firewall = firewall = arena_alloc(r->arena, sizeof(*firewall));
	if (spec_read_bool(r, &member, "front", &firewall->in_front) ||
	    spec_read_name(r, &member, "policy", &policies, &policy) ||
	    spec_read_name(r, &member, "outgoingPolicy", &policies, &outgoing) ||
	    spec_read_array(r, &member, "rules", &array))
		return -1;
	firewall->drop = policy;
	firewall->drop_outgoing = outgoing;
	firewall->rules = arena_array(r->arena, json_count(&array), sizeof(*firewall->rules));
	while (json_next(&array, &item))
		if (read_rule(r, &item, &firewall->rules[firewall->rule_count++]))
			return -1;
	return spec_read_end(r, &member);
}

static void write_rule(struct json *object, const struct spec_net_rule *rule)
{
	const char *protocol = rule->protocol ? spec_names_of(&spec_names_ip_protocol, rule->protocol) : NULL;
	char text[IP_TEXT_MAX];

	json_set_string(object, "action", spec_names_of(&spec_names_net_action, rule->action));
	json_set_string(object, "direction", rule->outgoing ? "out" : "in");
	if (protocol)
		json_set_string(object, "protocol", protocol);
	else if (rule->protocol)
		json_set_u64(object, "protocol", rule->protocol);
	snprintf(text, sizeof(text), "%u-%u", rule->port_first, rule->port_last);
	if (rule->port_first && rule->port_first == rule->port_last)
		json_set_u64(object, "port", rule->port_first);
	else if (rule->port_first)
		json_set_string(object, "port", text);
	if (rule->from.address.family)
		json_set_string(object, "from", ip_net_text(&rule->from, text, sizeof(text)));
	if (rule->to.address.family)
		json_set_string(object, "to", ip_net_text(&rule->to, text, sizeof(text)));
}

void spec_firewall_write(struct json *object, const struct spec_net_firewall *firewall)
{
	struct json *member, *array;

	if (!firewall)
		return;
	member = json_set_object(object, "firewall");
	if (firewall->in_front)
		json_set_bool(member, "front", true);
	json_set_string(member, "policy", firewall->drop ? "drop" : "accept");
	json_set_string(member, "outgoingPolicy", firewall->drop_outgoing ? "drop" : "accept");
	array = json_set_array(member, "rules");
	for (size_t i = 0; i < firewall->rule_count; i++)
		write_rule(json_add_object(array), &firewall->rules[i]);
}
