/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A firewall's chain: the owner's tag, what always passes, the filters, the
 * policy. "Pass" is `return`: with two namespaces behind one host, what the
 * sender's chain lets out must still be asked of the receiver's.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/nft.h"
#include "kern/nft_internal.h"

static const struct {
	const char *word, *verdict;
} actions[] = {
	[KERN_NFT_ALLOW] = { "allow", "return" },
	[KERN_NFT_DENY] = { "deny", "drop" },
	[KERN_NFT_REJECT] = { "reject", "reject" },
};

static int family_of(const struct kern_nft_filter *filter)
{
	return filter->from.address.family ? filter->from.address.family : filter->to.address.family;
}

static int check(const struct kern_nft_filter *filter, struct err *err)
{
	int from = filter->from.address.family, to = filter->to.address.family;

	if (from && to && from != to)
		return err_set(err, ERR_SPEC, "firewall", "a rule's addresses are not of one family");
	if (filter->port_first > filter->port_last)
		return err_set(err, ERR_SPEC, "firewall", "the ports %u-%u are no range", filter->port_first,
			       filter->port_last);
	if (!filter->port_first || filter->protocol == IPPROTO_TCP || filter->protocol == IPPROTO_UDP ||
	    filter->protocol == IPPROTO_SCTP || filter->protocol == IPPROTO_UDPLITE)
		return 0;
	return err_set(err, ERR_SPEC, "firewall",
		       "a rule with a port needs a protocol that has ports: tcp, udp, sctp");
}

static void add_address(struct strbuf *expression, struct strbuf *words, const struct ip_net *net, bool from)
{
	struct ip_net base = { ip_net_base(net), net->prefix };
	char text[IP_TEXT_MAX];

	if (!net->address.family)
		return;
	ip_net_text(&base, text, sizeof(text));
	strbuf_printf(expression, "%s %s %s ", net->address.family == AF_INET6 ? "ip6" : "ip",
		      from ? "saddr" : "daddr", text);
	strbuf_printf(words, " %s %s", from ? "from" : "to", text);
}

static void add_protocol(struct strbuf *expression, struct strbuf *words,
			 const struct kern_nft_filter *filter)
{
	if (filter->protocol == IPPROTO_ICMP && !family_of(filter))
		strbuf_printf(expression, "meta l4proto { %d, %d } ", IPPROTO_ICMP, IPPROTO_ICMPV6);
	else if (filter->protocol == IPPROTO_ICMP && family_of(filter) == AF_INET6)
		strbuf_printf(expression, "meta l4proto %d ", IPPROTO_ICMPV6);
	else if (filter->protocol)
		strbuf_printf(expression, "meta l4proto %u ", filter->protocol);
	if (filter->protocol)
		strbuf_printf(words, " protocol %u", filter->protocol);
	if (!filter->port_first)
		return;
	strbuf_printf(expression, "th dport %u-%u ", filter->port_first, filter->port_last);
	strbuf_printf(words, " port %u-%u", filter->port_first, filter->port_last);
}

static void add_filter(struct kern_nft_lines *lines, const struct kern_nft_filter *filter)
{
	struct strbuf auto_strbuf expression = { 0 }, auto_strbuf words = { 0 };

	strbuf_puts(&words, actions[filter->action].word);
	add_address(&expression, &words, &filter->from, true);
	add_address(&expression, &words, &filter->to, false);
	add_protocol(&expression, &words, filter);
	strbuf_puts(&expression, actions[filter->action].verdict);
	kern_nft_lines_add(lines, expression.text, words.text);
}

static void add_jumps(struct kern_nft_rules *rules, const struct kern_nft_chain *chain, const char *name)
{
	char verdict[KERN_NFT_CHAIN_SIZE + sizeof("jump ")], set[32], text[IP_TEXT_MAX];
	size_t i;

	snprintf(verdict, sizeof(verdict), "jump %s", name);
	for (i = 0; i < chain->address_count; i++) {
		snprintf(set, sizeof(set), "front_%s%c", chain->outgoing ? "out" : "in",
			 chain->addresses[i].family == AF_INET6 ? '6' : '4');
		kern_nft_rules_put(rules, &(struct kern_nft_item){
						  set, ip_text(&chain->addresses[i], text, sizeof(text)),
						  verdict, NULL });
	}
}

#define ANSWERS "ct state established,related return"
/* multicast listeners, router and neighbour discovery: without them IPv6 finds nobody */
#define NEIGHBOURS "icmpv6 type { 130, 131, 132, 133, 134, 135, 136, 143 } return"
#define NEIGHBOURS_COMMENT "neighbours"
#define DROP_COMMENT "policy drop"

int kern_nft_rules_firewall(struct kern_nft_rules *rules, const char *owner,
			    const struct kern_nft_chain *chain, struct err *err)
{
	char name[KERN_NFT_CHAIN_SIZE], tag[KERN_NFT_TAG_SIZE];
	struct kern_nft_lines *lines;
	size_t i;

	for (i = 0; i < chain->count; i++)
		if (check(&chain->filters[i], err))
			return -1;
	kern_nft_tag(owner, NULL, tag);
	kern_nft_chain_name(owner, chain->address_count, chain->outgoing, name);
	lines = kern_nft_rules_chain(rules, name);
	kern_nft_lines_add(lines, "ct state established,related return", tag);
	/* multicast listeners, router and neighbour discovery: without them IPv6 finds nobody */
	kern_nft_lines_add(lines, "icmpv6 type { 130, 131, 132, 133, 134, 135, 136, 143 } return",
			   "neighbours");
	for (i = 0; i < chain->count; i++)
		add_filter(lines, &chain->filters[i]);
	if (chain->drop)
		kern_nft_lines_add(lines, "drop", DROP_COMMENT);
	add_jumps(rules, chain, name);
	rules->parts |= chain->address_count ? KERN_NFT_FRONT : KERN_NFT_INSIDE;
	return 0;
}

/* ---- back again ---------------------------------------------------------------------- */

/* "allow from 10.0.0.0/8 protocol 6 port 80-90", as add_filter() writes it. */
static int parse_filter(char *words, struct kern_nft_filter *filter)
{
	char *save = NULL, *word = strtok_r(words, " ", &save), *value;
	unsigned first, last, protocol;
	size_t i;

	for (i = 0; word && i < ARRAY_SIZE(actions) && strcmp(word, actions[i].word) != 0; i++)
		;
	if (!word || i == ARRAY_SIZE(actions))
		return -1;
	filter->action = (enum kern_nft_action)i;
	while ((word = strtok_r(NULL, " ", &save)) && (value = strtok_r(NULL, " ", &save))) {
		if (!strcmp(word, "from") && ip_net_parse(value, &filter->from))
			return -1;
		if (!strcmp(word, "to") && ip_net_parse(value, &filter->to))
			return -1;
		if (!strcmp(word, "protocol") && sscanf(value, "%u", &protocol) == 1)
			filter->protocol = (uint8_t)protocol;
		if (!strcmp(word, "port") && sscanf(value, "%u-%u", &first, &last) == 2) {
			filter->port_first = (uint16_t)first;
			filter->port_last = (uint16_t)last;
		}
	}
	return 0;
}

void kern_nft_lines_read(struct kern_nft_lines *lines, const char *comment)
{
	auto_free char *words = memory_strdup(comment);
	struct kern_nft_filter filter = { 0 };

	if (!lines->count)
		kern_nft_lines_add(lines, ANSWERS, comment);
	else if (!strcmp(comment, NEIGHBOURS_COMMENT))
		kern_nft_lines_add(lines, NEIGHBOURS, comment);
	else if (!strcmp(comment, DROP_COMMENT))
		kern_nft_lines_add(lines, "drop", comment);
	else if (parse_filter(words, &filter) == 0)
		add_filter(lines, &filter);
	else
		kern_nft_lines_add(lines, NULL, comment); /* somebody has written into our table */
}
