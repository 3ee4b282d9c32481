/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules as text, in the form in which the library prints them: so what is wanted and what is there compare.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/memory.h"
#include "kern/nft.h"
#include "kern/nft_internal.h"

/* Of the comment's 128 bytes; the interface's name and the blank before it come behind. */
#define OWNER_MAX 100

struct kern_nft_rules *kern_nft_rules_new(void)
{
	return memory_zalloc(1, sizeof(struct kern_nft_rules));
}

static void free_lines(struct kern_nft_lines *lines)
{
	size_t i;

	for (i = 0; i < lines->count; i++) {
		free(lines->items[i].expression);
		free(lines->items[i].comment);
	}
	free(lines->items);
	free(lines->chain);
}

void kern_nft_rules_free(struct kern_nft_rules *rules)
{
	size_t i;

	if (!rules)
		return;
	for (i = 0; i < rules->count; i++) {
		free((char *)rules->items[i].set);
		free((char *)rules->items[i].key);
		free((char *)rules->items[i].data);
		free((char *)rules->items[i].interface);
	}
	for (i = 0; i < rules->chain_count; i++)
		free_lines(&rules->chains[i]);
	free(rules->items);
	free(rules->chains);
	free(rules);
}

static char *copy(const char *text)
{
	return text ? memory_strdup(text) : NULL;
}

void kern_nft_rules_put(struct kern_nft_rules *rules, const struct kern_nft_item *item)
{
	rules->items = memory_grow(rules->items, rules->count + 1, sizeof(*rules->items));
	rules->items[rules->count++] = (struct kern_nft_item){ copy(item->set), copy(item->key),
							       copy(item->data), copy(item->interface) };
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

const struct kern_nft_item *kern_nft_rules_find(const struct kern_nft_rules *rules,
						const struct kern_nft_item *item)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (same(rules->items[i].key, item->key) && same(rules->items[i].set, item->set) &&
		    same(rules->items[i].data, item->data) &&
		    same(rules->items[i].interface, item->interface))
			return &rules->items[i];
	return NULL;
}

struct kern_nft_lines *kern_nft_rules_chain(struct kern_nft_rules *rules, const char *name)
{
	size_t i;

	for (i = 0; i < rules->chain_count; i++)
		if (strcmp(rules->chains[i].chain, name) == 0)
			return &rules->chains[i];
	rules->chains = memory_grow(rules->chains, rules->chain_count + 1, sizeof(*rules->chains));
	rules->chains[rules->chain_count] = (struct kern_nft_lines){ .chain = memory_strdup(name) };
	return &rules->chains[rules->chain_count++];
}

void kern_nft_lines_add(struct kern_nft_lines *lines, const char *expression, const char *comment)
{
	lines->items = memory_grow(lines->items, lines->count + 1, sizeof(*lines->items));
	lines->items[lines->count++] = (struct kern_nft_line){ copy(expression), copy(comment) };
}

static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return value;
}

void kern_nft_tag(const char *owner, const char *interface, char tag[KERN_NFT_TAG_SIZE])
{
	int len = strlen(owner) <= OWNER_MAX ? snprintf(tag, KERN_NFT_TAG_SIZE, "%s", owner)
					     : snprintf(tag, KERN_NFT_TAG_SIZE, "%.*s~%016" PRIx64,
							OWNER_MAX - 17, owner, hash(owner));

	if (interface)
		snprintf(tag + len, KERN_NFT_TAG_SIZE - (size_t)len, " %s", interface);
}

void kern_nft_chain_name(const char *owner, bool front, bool outgoing, char name[KERN_NFT_CHAIN_SIZE])
{
	const char *direction = outgoing ? "out" : "in";

	if (front)
		snprintf(name, KERN_NFT_CHAIN_SIZE, "front_%016" PRIx64 "_%s", hash(owner), direction);
	else
		snprintf(name, KERN_NFT_CHAIN_SIZE, "inside_%s", direction);
}

static int check_interface(const char *name, struct err *err)
{
	const char *at;

	for (at = name; *at; at++) {
		if (isgraph((unsigned char)*at) && !strchr("\"\\*", *at))
			continue;
		err_set(err, ERR_UNSUPPORTED, "nftables", "an interface of that name cannot stand in a rule");
		return err_object(err, "%s", name);
	}
	return 0;
}

/* ---- ports ----------------------------------------------------------------------------- */

static const char *protocol_name(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_SCTP:
		return "sctp";
	default:
		return NULL;
	}
}

/* The library prints 10.0.0.5/32 without its prefix. */
static const char *subnet_text(const struct ip_net *net, char *buf)
{
	struct ip base = ip_net_base(net);

	if (net->prefix == ip_bits(&net->address))
		return ip_text(&base, buf, IP_TEXT_MAX);
	return ip_net_text(&(struct ip_net){ base, net->prefix }, buf, IP_TEXT_MAX);
}

static int check_port(const struct kern_nft_port *port, struct err *err)
{
	char text[IP_TEXT_MAX];

	if (port->host_address.family && port->host_address.family != port->address.address.family) {
		err_set(err, ERR_SPEC, "publish",
			"the port's address here and the one there are not of one family");
		return err_object(err, "%s", ip_text(&port->host_address, text, sizeof(text)));
	}
	if (!protocol_name(port->protocol) || !port->host_port || !port->port) {
		err_set(err, ERR_SPEC, "publish", "not a port of TCP, UDP or SCTP");
		return err_object(err, "%u", port->host_port);
	}
	return check_interface(port->interface, err);
}

/* The element that does it, into buffers of the caller's. */
#define KEY_SIZE (2 * IP_TEXT_MAX + 32)
static struct kern_nft_item port_item(const struct kern_nft_port *port, char key[KEY_SIZE],
				      char data[KEY_SIZE])
{
	bool six = port->address.address.family == AF_INET6;
	const char *everywhere = six ? "::/0" : "0.0.0.0/0";
	char text[IP_TEXT_MAX];

	snprintf(key, KEY_SIZE, "%s . %s . %u",
		 port->host_address.family ? ip_text(&port->host_address, text, sizeof(text)) : everywhere,
		 protocol_name(port->protocol), port->host_port);
	snprintf(data, KEY_SIZE, "%s . %u", ip_text(&port->address.address, text, sizeof(text)), port->port);
	return (struct kern_nft_item){ six ? "published6" : "published4", key, data, port->interface };
}

int kern_nft_rules_port(struct kern_nft_rules *rules, const struct kern_nft_port *port, struct err *err)
{
	char key[KEY_SIZE], data[KEY_SIZE], subnet[IP_TEXT_MAX];
	auto_free char *hairpin_key = NULL;
	struct kern_nft_item item;

	if (check_port(port, err))
		return -1;
	item = port_item(port, key, data);
	kern_nft_rules_put(rules, &item);
	hairpin_key = memory_printf("%s . %s", key, subnet_text(&port->address, subnet));
	item.set = port->address.address.family == AF_INET6 ? "hairpin6" : "hairpin4";
	item.key = hairpin_key;
	item.data = NULL;
	kern_nft_rules_put(rules, &item);
	rules->parts |= KERN_NFT_NAT;
	return 0;
}

bool kern_nft_rules_have(const struct kern_nft_rules *rules, const struct kern_nft_port *port)
{
	char key[KEY_SIZE], data[KEY_SIZE];
	struct kern_nft_item item = port_item(port, key, data);

	return kern_nft_rules_find(rules, &item);
}

/* ---- masquerade -------------------------------------------------------------------------- */

int kern_nft_rules_masquerade(struct kern_nft_rules *rules, const char *interface, const char *bridge,
			      const struct ip_net *subnet, struct err *err)
{
	char family = subnet->address.family == AF_INET6 ? '6' : '4';
	bool one = subnet->prefix == ip_bits(&subnet->address);
	char text[IP_TEXT_MAX], key[KEY_SIZE], set[32];

	if ((interface && check_interface(interface, err)) || check_interface(bridge, err))
		return -1;
	snprintf(key, sizeof(key), "%s . %s", bridge, subnet_text(subnet, text));
	snprintf(set, sizeof(set), "inside%s%c", one ? "_one" : "", family);
	kern_nft_rules_put(rules, &(struct kern_nft_item){ set, key, NULL, interface });
	snprintf(key, sizeof(key), "%s%s", text, one ? "" : family == '6' ? " . ::/0" : " . 0.0.0.0/0");
	snprintf(set, sizeof(set), "masquerade%s%c", one ? "_one" : "", family);
	kern_nft_rules_put(rules, &(struct kern_nft_item){ set, key, NULL, interface });
	rules->parts |= KERN_NFT_NAT;
	return 0;
}
