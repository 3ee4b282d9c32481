/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/memory.h"
#include "kern/nl.h"
#include "kern/route.h"

static void read_ip(struct ip *ip, unsigned char family, const struct nlattr *attribute)
{
	ip->family = family;
	if (attribute && kern_nl_size(attribute) == ip_size(ip))
		memcpy(ip->bytes, kern_nl_data(attribute), kern_nl_size(attribute));
	else
		ip->family = 0;
}

static void read_route(const struct rtmsg *header, const struct nlattr **table, struct kern_route *route)
{
	const struct nlattr *metrics[RTAX_MTU + 1];

	read_ip(&route->destination.address, header->rtm_family, table[RTA_DST]);
	route->destination.address.family = header->rtm_family;
	route->destination.prefix = header->rtm_dst_len;
	read_ip(&route->gateway, header->rtm_family, table[RTA_GATEWAY]);
	read_ip(&route->source, header->rtm_family, table[RTA_PREFSRC]);
	route->index = (int)kern_nl_u32(table[RTA_OIF]);
	route->metric = kern_nl_u32(table[RTA_PRIORITY]);
	route->table = table[RTA_TABLE] ? kern_nl_u32(table[RTA_TABLE]) : header->rtm_table;
	kern_nl_nested(table[RTA_METRICS], metrics, RTAX_MTU);
	route->mtu = kern_nl_u32(metrics[RTAX_MTU]);
	route->on_link = header->rtm_flags & RTNH_F_ONLINK;
	route->protocol = header->rtm_protocol;
	route->static_ = header->rtm_protocol == RTPROT_STATIC || header->rtm_protocol == RTPROT_BOOT;
	route->many_hops = table[RTA_MULTIPATH];
}

static int add_route(const struct nlmsghdr *message, void *data, struct err *err)
{
	const struct rtmsg *header = kern_nl_header(message);
	const struct nlattr *table[RTA_TABLE + 1];
	struct kern_route_list *list = data;
	struct kern_route route = { 0 };

	(void)err;
	if (message->nlmsg_type != RTM_NEWROUTE || header->rtm_type != RTN_UNICAST ||
	    (header->rtm_flags & RTM_F_CLONED) ||
	    (header->rtm_family != AF_INET && header->rtm_family != AF_INET6))
		return 0;
	kern_nl_attributes(message, sizeof(*header), table, RTA_TABLE);
	read_route(header, table, &route);
	if (route.table == RT_TABLE_LOCAL)
		return 0;
	list->items = memory_grow(list->items, list->count + 1, sizeof(route));
	list->items[list->count++] = route;
	return 0;
}

static int dump(struct kern_nl *nl, struct kern_route_list *list, struct err *err)
{
	struct rtmsg header = { .rtm_family = AF_UNSPEC };

	kern_nl_begin(nl, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof(header));
	return kern_nl_talk(nl, &(struct kern_nl_reader){ add_route, list }, "list routes", "netlink", err);
}

int kern_route_list(struct kern_nl *nl, struct kern_route_list *list, struct err *err)
{
	*list = (struct kern_route_list){ 0 };
	for (int tries = 0;; tries++) {
		struct err failure = { 0 };

		if (dump(nl, list, &failure) == 0)
			return 0;
		free(take_ptr(list->items));
		list->count = 0;
		/* It changed while it was read. */
		if (failure.errnum == EINTR && tries < 20)
			continue;
		*err = failure;
		return -1;
	}
}

static void put_ip(struct kern_nl *nl, uint16_t type, const struct ip *ip)
{
	if (ip->family)
		kern_nl_put(nl, type, ip->bytes, ip_size(ip));
}

static int talk(struct kern_nl *nl, uint16_t type, const struct kern_route *route, struct err *err)
{
	bool adds = type == RTM_NEWROUTE;
	struct rtmsg header = { .rtm_family = route->destination.address.family,
				.rtm_dst_len = route->destination.prefix,
				.rtm_table = RT_TABLE_UNSPEC,
				.rtm_protocol = adds ? RTPROT_STATIC : 0,
				.rtm_scope = route->gateway.family ? RT_SCOPE_UNIVERSE
					     : adds                ? RT_SCOPE_LINK
								   : RT_SCOPE_NOWHERE,
				.rtm_type = adds ? RTN_UNICAST : RTN_UNSPEC,
				.rtm_flags = route->on_link ? RTNH_F_ONLINK : 0 };
	char destination[IP_TEXT_MAX], gateway[IP_TEXT_MAX], text[2 * IP_TEXT_MAX + 8];
	struct nlattr *metrics;

	kern_nl_begin(nl, type, adds ? NLM_F_CREATE | NLM_F_EXCL : 0, &header, sizeof(header));
	if (route->destination.prefix)
		put_ip(nl, RTA_DST, &route->destination.address);
	put_ip(nl, RTA_GATEWAY, &route->gateway);
	put_ip(nl, RTA_PREFSRC, &route->source);
	if (route->index)
		kern_nl_put_u32(nl, RTA_OIF, (uint32_t)route->index);
	if (route->metric)
		kern_nl_put_u32(nl, RTA_PRIORITY, route->metric);
	kern_nl_put_u32(nl, RTA_TABLE, route->table ? route->table : RT_TABLE_MAIN);
	if (route->mtu && adds) {
		metrics = kern_nl_nest(nl, RTA_METRICS);
		kern_nl_put_u32(nl, RTAX_MTU, route->mtu);
		kern_nl_nest_end(nl, metrics);
	}
	ip_net_text(&route->destination, destination, sizeof(destination));
	if (route->gateway.family)
		snprintf(text, sizeof(text), "%s via %s", destination,
			 ip_text(&route->gateway, gateway, sizeof(gateway)));
	else
		snprintf(text, sizeof(text), "%s", destination);
	return kern_nl_talk(nl, NULL, adds ? "add route" : "delete route", text, err);
}

int kern_route_add(struct kern_nl *nl, const struct kern_route *route, struct err *err)
{
	if (talk(nl, RTM_NEWROUTE, route, err) == 0)
		return 0;
	switch (err->errnum) {
	case EEXIST:
		return err_hint(err, "there is a route to that destination with the same metric");
	case ENETUNREACH:
	case EHOSTUNREACH:
		return err_hint(err, "the gateway is in no network of an interface that is up");
	case ENETDOWN:
		return err_hint(err, "the interface is down");
	default:
		return -1;
	}
}

int kern_route_delete(struct kern_nl *nl, const struct kern_route *route, struct err *err)
{
	if (talk(nl, RTM_DELROUTE, route, err) == 0)
		return 0;
	return err->errnum == ESRCH ? err_hint(err, "there is no such route") : -1;
}

int kern_route_local6(struct kern_nl *nl, int index, const char *object, struct err *err)
{
	struct rtmsg header = { .rtm_family = AF_INET6, .rtm_dst_len = 128, .rtm_table = RT_TABLE_LOCAL,
				.rtm_type = RTN_LOCAL, .rtm_protocol = RTPROT_STATIC, .rtm_scope = RT_SCOPE_HOST };
	struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
	struct err failure = { 0 };

	kern_nl_begin(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	kern_nl_put(nl, RTA_DST, &loopback, sizeof(loopback));
	kern_nl_put_u32(nl, RTA_OIF, (uint32_t)index);
	kern_nl_put_u32(nl, RTA_PRIORITY, 2048); /* lo's is 0 */
	if (kern_nl_talk(nl, NULL, "add route to ::1", object, &failure) == 0 || failure.errnum == EEXIST)
		return 0;
	*err = failure;
	return -1;
}
