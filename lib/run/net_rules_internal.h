/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of run/net_rules*.c. Include base/ip.h before. */
#ifndef NSTOOLS_RUN_NET_RULES_INTERNAL_H
#define NSTOOLS_RUN_NET_RULES_INTERNAL_H

#include <stdbool.h>

struct err;
struct kern_nft_rules;
struct run_net_target;
struct spec_net;
struct spec_net_interface;

/* What `net` says, for the host's table and for the one in the namespace. */
int net_rules_build(const struct run_net_target *target, const struct spec_net *net,
		    struct kern_nft_rules *host, struct kern_nft_rules *inside, struct err *err);

/* What the rules need of the host besides: forwarding, 127.0.0.1 and ::1 behind the bridge, hairpin. */
int net_rules_prepare(const struct spec_net *net, struct err *err);
/* This host hands on packets of that family (AF_INET, AF_INET6) from one interface to another. */
int net_rules_forward(int family, struct err *err);
/* Each port that `before` does not have yet: nobody may listen there, and its address must be the host's. */
int net_rules_check_ports(const struct spec_net *net, const struct kern_nft_rules *before, struct err *err);

/* The limits of all interfaces of `net`, and no more of this owner's others. *changed is set when they
 * differed. */
int net_limit_apply(const struct run_net_target *target, const struct spec_net *net, bool dry_run,
		    bool *changed, struct err *err);
/* None of this owner's devices for limits any more, here and in the namespace. */
int net_limit_remove(const struct run_net_target *target, struct err *err);

/* One port after the other of one interface, each for each family that it has; the callback returns 0 to go
 * on. */
struct kern_nft_port;
int net_rules_each_port(const struct spec_net_interface *interface,
			int (*each)(const struct kern_nft_port *port, void *data, struct err *err),
			void *data, struct err *err);

#endif
