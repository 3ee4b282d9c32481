/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firewall rules by libnftables, which is loaded on first use. All stand in one
 * table of ours, `inet nsnet`, as elements of sets and maps where they can;
 * each bears its owner in its comment, so what was made is found again, also
 * after a crash. No other table is listed or changed. nft(8).
 *
 * The rules an owner is to have are collected in a struct kern_nft_rules and
 * compared with those that the kernel has; the difference is one transaction.
 * Include base/ip.h before.
 */
#ifndef NSTOOLS_KERN_NFT_H
#define NSTOOLS_KERN_NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct json;
struct kern_nft_rules; /* of one owner in one namespace */

struct kern_nft_scope { /* whose rules are meant */
	int netns;             /* where the table is; -1: the caller's own namespace */
	const char *owner;     /* one word of letters, digits and _ + - . : */
	const char *interface; /* the rules of that interface of the owner's alone; NULL: all */
};

/* What comes to the host's port goes to a namespace's address, also from the host and that namespace. */
struct kern_nft_port {
	const char *interface;  /* the namespace's interface, for the tag */
	uint8_t protocol;       /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP */
	struct ip host_address; /* none: every address that is the host's */
	uint16_t host_port;
	struct ip_net address; /* the namespace's, with its subnet */
	uint16_t port;
};

enum kern_nft_action { KERN_NFT_ALLOW, KERN_NFT_DENY, KERN_NFT_REJECT };

struct kern_nft_filter {
	enum kern_nft_action action;
	uint8_t protocol;               /* IPPROTO_*; 0: any; IPPROTO_ICMP is IPv6's too */
	uint16_t port_first, port_last; /* destination; 0: any */
	struct ip_net from, to;         /* family 0: any */
};

/*
 * One direction of a firewall: the first filter that fits decides, else `drop`.
 * Answers always pass, and what IPv6 needs to find its neighbours.
 */
struct kern_nft_chain {
	bool outgoing; /* as the namespace sees it */
	bool drop;
	const struct kern_nft_filter *filters;
	size_t count;
	/* In front of another namespace, which has these addresses. None: inside of the scope's. */
	const struct ip *addresses;
	size_t address_count;
};

struct kern_nft_rules *kern_nft_rules_new(void);
void kern_nft_rules_free(struct kern_nft_rules *rules); /* accepts NULL */

int kern_nft_rules_port(struct kern_nft_rules *rules, const struct kern_nft_port *port, struct err *err);
/* What leaves `subnet` by another interface than `bridge` leaves with the host's address. */
int kern_nft_rules_masquerade(struct kern_nft_rules *rules, const char *interface, const char *bridge,
			      const struct ip_net *subnet, struct err *err);
int kern_nft_rules_firewall(struct kern_nft_rules *rules, const char *owner,
			    const struct kern_nft_chain *chain, struct err *err);

struct kern_nft_change { /* how the scope's rules become `rules` */
	bool keep;    /* only add: what is there and not in `rules` stays */
	bool dry_run; /* only say whether something would change */
	bool changed; /* out */
};

/*
 * ERR_EXISTS with the other owner's name when a port or subnet is taken. A
 * failure changes nothing; where nothing differs nothing is sent.
 */
int kern_nft_apply(const struct kern_nft_scope *scope, const struct kern_nft_rules *rules,
		   struct kern_nft_change *change, struct err *err);
/* The rules that the scope has. */
int kern_nft_read(const struct kern_nft_scope *scope, struct kern_nft_rules **rules, struct err *err);
/* Without anybody's rule left the table goes. As for kern_nft_remove(). */
int kern_nft_tidy(int netns, struct err *err);
/* None of the scope's; without a rule left the table goes: all that change it hold one lock of the caller's. */
int kern_nft_remove(const struct kern_nft_scope *scope, struct err *err);

/* Is the port among them? */
bool kern_nft_rules_have(const struct kern_nft_rules *rules, const struct kern_nft_port *port);
/* For people and programs: {"ports": [...], "masquerade": [...], "firewall": {...}}; json_free(). */
struct json *kern_nft_rules_json(const struct kern_nft_rules *rules);
/* Each owner in the table once, in no order; the callback returns 0 to go on. netns as in the scope. */
int kern_nft_owners(int netns, int (*each)(const char *owner, void *data, struct err *err), void *data,
		    struct err *err);

#endif
