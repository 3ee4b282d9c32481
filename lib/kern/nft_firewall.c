/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A firewall's chain: the owner's tag, what always passes, the filters, the
 * policy. "Pass" is `return`: with two namespaces behind one host, what the
 * sender's chain lets out must still be asked of the receiver's.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
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
		kern_nft_lines_add(lines, "drop", "policy drop");
	add_jumps(rules, chain, name);
	rules->parts |= chain->address_count ? KERN_NFT_FRONT : KERN_NFT_INSIDE;
	return 0;
}
