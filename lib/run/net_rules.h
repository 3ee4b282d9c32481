/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a network configuration is nftables and traffic control: firewall,
 * ports, masquerade, limits. Behind it are kern/nft.h and kern/qdisc.h.
 */
#ifndef NSTOOLS_RUN_NET_RULES_H
#define NSTOOLS_RUN_NET_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct ip_net;
struct json;
struct run_net_target;
struct spec_net;

/*
 * The rules of this owner become those of `net` (its firewall, and ports,
 * masquerade and limits of its interfaces, whose addresses are no "auto" any
 * more), in one transaction a namespace; where they are so already nothing is
 * sent. *changed (may be NULL) says whether they differed; with dry_run nothing
 * is done. A failure leaves the rules as they were.
 */
int run_net_rules_apply(const struct run_net_target *target, const struct spec_net *net, bool dry_run,
			bool *changed, struct err *err);
/* None of this owner's any more; that there are none is no error. netns -1: those of the host alone. */
int run_net_rules_remove(const struct run_net_target *target, struct err *err);
/* For `show`: what is in the kernel with this owner's tag. json_free(). NULL with err. */
struct json *run_net_rules_json(const struct run_net_target *target, struct err *err);
/* Each owner of rules of this host, once, as long as each() returns 0. */
int run_net_rules_owners(int (*each)(const char *owner, void *data, struct err *err), void *data, struct err *err);
/* What leaves the networks of a bridge's addresses leaves with the host's address, or no more. */
int run_net_rules_bridge(const char *bridge, const struct ip_net *addresses, size_t count, bool masquerade,
			 struct err *err);

#endif
