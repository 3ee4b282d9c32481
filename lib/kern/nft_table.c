/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table: few rules, which look things up in sets and maps. A port more or
 * less, a subnet more or less is an element, however many there are.
 *
 * A port: what is for an address of this host (fib daddr type local: what is
 * only handed on to another host's is not caught, CVE-2025-67499) is looked up
 * in published4/6 by its address, protocol and port, for packets that arrive
 * and for the host's own. Where the answer would not come back here by itself
 * (from the namespace's own subnet, and from this host, whose address may be
 * 127.0.0.1) the source is rewritten too: "hairpin".
 *
 * For 127.0.0.1 the bridge has route_localnet; chain guard keeps out what
 * pretends to be from or for 127.0.0.0/8 on a wire, as the kernel does else.
 */
#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "kern/nft_internal.h"

#define IN "inet nsnet "

static const char nat[] =
	"create map " IN "published4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . "
	"inet_service; flags interval; }\n"
	"create map " IN "published6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . "
	"inet_service; flags interval; }\n"
	/* the published address, protocol and port; the subnet of where it goes */
	"create set " IN
	"hairpin4 { type ipv4_addr . inet_proto . inet_service . ipv4_addr; flags interval; }\n"
	"create set " IN
	"hairpin6 { type ipv6_addr . inet_proto . inet_service . ipv6_addr; flags interval; }\n"
	"create set " IN "inside4 { type ifname . ipv4_addr; flags interval; }\n"
	"create set " IN "inside6 { type ifname . ipv6_addr; flags interval; }\n"
	/* from the subnet to anywhere; a set of two parts refuses what overlaps, one of one part merges it */
	"create set " IN "masquerade4 { type ipv4_addr . ipv4_addr; flags interval; }\n"
	"create set " IN "masquerade6 { type ipv6_addr . ipv6_addr; flags interval; }\n"
	/* single addresses: a subnet above may have them too, which one set of intervals would refuse */
	"create set " IN "inside_one4 { type ifname . ipv4_addr; }\n"
	"create set " IN "inside_one6 { type ifname . ipv6_addr; }\n"
	"create set " IN "masquerade_one4 { type ipv4_addr; }\n"
	"create set " IN "masquerade_one6 { type ipv6_addr; }\n"
	"create chain " IN "guard { type filter hook prerouting priority -300; }\n"
	"add rule " IN "guard iifname != \"lo\" ip daddr 127.0.0.0/8 drop\n"
	"add rule " IN "guard iifname != \"lo\" ip saddr 127.0.0.0/8 drop\n"
	"create chain " IN "to_container\n"
	"add rule " IN "to_container meta l4proto { tcp, udp, sctp } dnat ip to ip daddr . meta l4proto . th "
	"dport map @published4\n"
	"add rule " IN "to_container meta l4proto { tcp, udp, sctp } dnat ip6 to ip6 daddr . meta l4proto . "
	"th dport map @published6\n"
	"create chain " IN "prerouting { type nat hook prerouting priority -100; }\n"
	"add rule " IN "prerouting fib daddr type local jump to_container\n"
	"create chain " IN "nat_output { type nat hook output priority -100; }\n"
	"add rule " IN "nat_output fib daddr type local jump to_container\n"
	"create chain " IN "hairpin\n"
	"create chain " IN "postrouting { type nat hook postrouting priority 100; }\n"
	"add rule " IN "postrouting ct status dnat jump hairpin\n"
	"add rule " IN "postrouting oifname . ip saddr @inside4 return\n"
	"add rule " IN "postrouting oifname . ip6 saddr @inside6 return\n"
	"add rule " IN "postrouting oifname . ip saddr @inside_one4 return\n"
	"add rule " IN "postrouting oifname . ip6 saddr @inside_one6 return\n"
	"add rule " IN "postrouting ip daddr 224.0.0.0/4 return\n"
	"add rule " IN "postrouting ip6 daddr ff00::/8 return\n"
	"add rule " IN "postrouting ip saddr . ip daddr @masquerade4 masquerade\n"
	"add rule " IN "postrouting ip6 saddr . ip6 daddr @masquerade6 masquerade\n"
	"add rule " IN "postrouting ip saddr @masquerade_one4 masquerade\n"
	"add rule " IN "postrouting ip6 saddr @masquerade_one6 masquerade\n";

/* The type of "ct original proto-dst" is known to the library only behind one protocol. */
static const char hairpin[] =
	"add rule " IN
	"hairpin meta l4proto %s %sct original %s daddr . meta l4proto . ct original proto-dst . %s %s @%s "
	"masquerade\n";

static const char front[] = "create map " IN "front_in4 { type ipv4_addr : verdict; }\n"
			    "create map " IN "front_in6 { type ipv6_addr : verdict; }\n"
			    "create map " IN "front_out4 { type ipv4_addr : verdict; }\n"
			    "create map " IN "front_out6 { type ipv6_addr : verdict; }\n"
			    "create chain " IN "front_forward { type filter hook forward priority 0; }\n"
			    "add rule " IN "front_forward ip saddr vmap @front_out4\n"
			    "add rule " IN "front_forward ip6 saddr vmap @front_out6\n"
			    "add rule " IN "front_forward ip daddr vmap @front_in4\n"
			    "add rule " IN "front_forward ip6 daddr vmap @front_in6\n"
			    "create chain " IN "front_input { type filter hook input priority 0; }\n"
			    "add rule " IN "front_input ip saddr vmap @front_out4\n"
			    "add rule " IN "front_input ip6 saddr vmap @front_out6\n"
			    "create chain " IN "front_output { type filter hook output priority 0; }\n"
			    "add rule " IN "front_output ip daddr vmap @front_in4\n"
			    "add rule " IN "front_output ip6 daddr vmap @front_in6\n";

static const char inside[] = "create chain " IN "inside_in\n"
			     "create chain " IN "inside_out\n"
			     "create chain " IN "input { type filter hook input priority 0; }\n"
			     "add rule " IN "input iifname != \"lo\" jump inside_in\n"
			     "create chain " IN "output { type filter hook output priority 0; }\n"
			     "add rule " IN "output oifname != \"lo\" jump inside_out\n";

static const struct {
	enum kern_nft_part part;
	const char *commands;
	const char *marker; /* a chain that only this part has */
} parts_of_table[] = {
	{ KERN_NFT_NAT, nat, "hairpin" },
	{ KERN_NFT_FRONT, front, "front_forward" },
	{ KERN_NFT_INSIDE, inside, "inside_in" },
};

static void build_hairpin(struct strbuf *commands)
{
	static const char *const protocols[] = { "tcp", "udp", "sctp" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		strbuf_printf(commands, hairpin, protocols[i], "", "ip", "ip", "saddr", "hairpin4");
		strbuf_printf(commands, hairpin, protocols[i], "", "ip6", "ip6", "saddr", "hairpin6");
		strbuf_printf(commands, hairpin, protocols[i], "fib saddr type local ", "ip", "ip", "daddr",
			      "hairpin4");
		strbuf_printf(commands, hairpin, protocols[i], "fib saddr type local ", "ip6", "ip6", "daddr",
			      "hairpin6");
	}
}

void kern_nft_table_build(struct strbuf *commands, unsigned parts, bool table)
{
	size_t i;

	if (table)
		strbuf_puts(commands, "create table inet nsnet\n");
	for (i = 0; i < ARRAY_SIZE(parts_of_table); i++)
		if (parts & parts_of_table[i].part)
			strbuf_puts(commands, parts_of_table[i].commands);
	if (parts & KERN_NFT_NAT)
		build_hairpin(commands);
}

unsigned kern_nft_table_missing(const struct json *list, unsigned parts)
{
	struct json_at root, all, object, item = { 0 };
	size_t i;

	if (!list)
		return parts;
	root = json_root(list, "nftables");
	all = json_member(&root, "nftables");
	while (kern_nft_next(&all, &item, "chain", &object)) {
		struct json_at name = json_member(&object, "name");
		struct err ignored = { 0 };
		const char *text;

		if (json_read_string(&name, &text, &ignored))
			continue;
		for (i = 0; i < ARRAY_SIZE(parts_of_table); i++)
			if (strcmp(text, parts_of_table[i].marker) == 0)
				parts &= ~(unsigned)parts_of_table[i].part;
	}
	return parts;
}
