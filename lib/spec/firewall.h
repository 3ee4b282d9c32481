/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "firewall" of a network configuration (spec/net.h). Include base/ip.h before this. */
#ifndef NSTOOLS_SPEC_FIREWALL_H
#define NSTOOLS_SPEC_FIREWALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spec_net_action { SPEC_NET_ALLOW, SPEC_NET_DENY, SPEC_NET_REJECT };

struct spec_net_rule {
	enum spec_net_action action;
	bool outgoing;                  /* else what comes in */
	uint8_t protocol;               /* IPPROTO_*; 0: any */
	uint16_t port_first, port_last; /* destination; 0: any */
	struct ip_net from, to;         /* family 0: any */
};

/* What is let in and out. Answers to what was let through always pass, and lo is never asked. */
struct spec_net_firewall {
	bool in_front; /* "front": in the host's forwarding, out of the container's reach; else inside */
	bool drop, drop_outgoing; /* "policy", "outgoingPolicy": what no rule decides */
	struct spec_net_rule *rules;
	size_t rule_count;
};

struct spec_net_port; /* spec/net.h */
/* Do they claim one port of the host? */
bool spec_net_ports_overlap(const struct spec_net_port *a, const struct spec_net_port *b);
bool spec_protocol_has_ports(uint8_t protocol);
/* "80" or "8000-8100". 0, or -1. */
int spec_port_range_parse(const char *text, uint16_t *first, uint16_t *last);

#endif
