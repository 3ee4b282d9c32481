/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/memory.h"
#include "kern/link_info.h"
#include "kern/nl.h"

#define LOWER_UP (1u << 16) /* IFF_LOWER_UP of linux/if.h, which does not go with net/if.h */

static void read_stats(struct kern_link_info *info, const struct nlattr *attribute)
{
	struct rtnl_link_stats64 stats = { 0 };

	if (!attribute)
		return;
	memcpy(&stats, kern_nl_data(attribute),
	       kern_nl_size(attribute) < sizeof(stats) ? kern_nl_size(attribute) : sizeof(stats));
	info->rx_bytes = stats.rx_bytes;
	info->rx_packets = stats.rx_packets;
	info->rx_errors = stats.rx_errors;
	info->rx_dropped = stats.rx_dropped;
	info->tx_bytes = stats.tx_bytes;
	info->tx_packets = stats.tx_packets;
	info->tx_errors = stats.tx_errors;
	info->tx_dropped = stats.tx_dropped;
}

/* IFLA_INFO_DATA is by kind, IFLA_INFO_SLAVE_DATA by the master's kind. */
static void read_kind(struct kern_link_info *info, const struct nlattr *attribute)
{
	const struct nlattr *link[IFLA_INFO_MAX + 1], *data[IFLA_BRPORT_MAX + 1];
	char master[16];

	kern_nl_nested(attribute, link, IFLA_INFO_MAX);
	kern_nl_text(link[IFLA_INFO_KIND], info->kind, sizeof(info->kind));
	kern_nl_nested(link[IFLA_INFO_DATA], data, IFLA_BRPORT_MAX);
	if (!strcmp(info->kind, "macvlan"))
		info->mode = kern_nl_u32(data[IFLA_MACVLAN_MODE]);
	else if (!strcmp(info->kind, "ipvlan"))
		info->mode = kern_nl_u16(data[IFLA_IPVLAN_MODE]);
	else if (!strcmp(info->kind, "vlan"))
		info->vlan = kern_nl_u16(data[IFLA_VLAN_ID]);
	kern_nl_text(link[IFLA_INFO_SLAVE_KIND], master, sizeof(master));
	if (strcmp(master, "bridge") != 0)
		return;
	kern_nl_nested(link[IFLA_INFO_SLAVE_DATA], data, IFLA_BRPORT_MAX);
	info->hairpin = kern_nl_u8(data[IFLA_BRPORT_MODE]);
	info->isolated = kern_nl_u8(data[IFLA_BRPORT_ISOLATED]);
}

static void read_info(const struct nlmsghdr *message, struct kern_link_info *info)
{
	const struct nlattr *table[IFLA_LINK_NETNSID + 1];
	const struct ifinfomsg *header = kern_nl_header(message);

	*info = (struct kern_link_info){ .index = header->ifi_index, .flags = header->ifi_flags };
	kern_nl_attributes(message, sizeof(*header), table, IFLA_LINK_NETNSID);
	kern_nl_text(table[IFLA_IFNAME], info->name, sizeof(info->name));
	kern_nl_text(table[IFLA_IFALIAS], info->alias, sizeof(info->alias));
	info->link = (int)kern_nl_u32(table[IFLA_LINK]);
	info->link_namespace = table[IFLA_LINK_NETNSID] ? (int)kern_nl_u32(table[IFLA_LINK_NETNSID]) : -1;
	info->master = (int)kern_nl_u32(table[IFLA_MASTER]);
	info->mtu = kern_nl_u32(table[IFLA_MTU]);
	info->tx_queue_length = kern_nl_u32(table[IFLA_TXQLEN]);
	info->has_mac = table[IFLA_ADDRESS] && kern_nl_size(table[IFLA_ADDRESS]) == sizeof(info->mac);
	if (info->has_mac)
		memcpy(info->mac, kern_nl_data(table[IFLA_ADDRESS]), sizeof(info->mac));
	read_stats(info, table[IFLA_STATS64]);
	read_kind(info, table[IFLA_LINKINFO]);
	info->carrier = info->flags & LOWER_UP;
}

/* A list that changed while it was read is read again. */
struct dump {
	uint16_t type;
	const void *header;
	size_t size;
	const char *op;
	int (*each)(const struct nlmsghdr *message, void *data, struct err *err);
	void (*reset)(void *data);
	void *data;
};

static int dump(struct kern_nl *nl, const struct dump *what, struct err *err)
{
	for (int tries = 0;; tries++) {
		struct err failure = { 0 };

		what->reset(what->data);
		kern_nl_begin(nl, what->type, NLM_F_DUMP, what->header, what->size);
		if (kern_nl_talk(nl, &(struct kern_nl_reader){ what->each, what->data }, what->op, "netlink",
				 &failure) == 0)
			return 0;
		if (failure.errnum == EINTR && tries < 20)
			continue;
		what->reset(what->data);
		*err = failure;
		return -1;
	}
}

static int add_link(const struct nlmsghdr *message, void *data, struct err *err)
{
	struct kern_link_list *list = data;

	(void)err;
	if (message->nlmsg_type != RTM_NEWLINK)
		return 0;
	list->items = memory_grow(list->items, list->count + 1, sizeof(*list->items));
	read_info(message, &list->items[list->count++]);
	return 0;
}

static void reset_links(void *data)
{
	struct kern_link_list *list = data;

	free(take_ptr(list->items));
	list->count = 0;
}

int kern_link_list(struct kern_nl *nl, struct kern_link_list *list, struct err *err)
{
	struct ifinfomsg header = { 0 };

	*list = (struct kern_link_list){ 0 };
	return dump(nl,
		    &(struct dump){ RTM_GETLINK, &header, sizeof(header), "list interfaces", add_link, reset_links,
				    list },
		    err);
}

static int take_link(const struct nlmsghdr *message, void *data, struct err *err)
{
	(void)err;
	if (message->nlmsg_type == RTM_NEWLINK)
		read_info(message, data);
	return 0;
}

static int find(struct kern_nl *nl, int index, const char *name, struct kern_link_info *info, struct err *err)
{
	struct ifinfomsg header = { .ifi_index = index };
	struct err failure = { 0 };

	*info = (struct kern_link_info){ 0 };
	kern_nl_begin(nl, RTM_GETLINK, 0, &header, sizeof(header));
	if (name)
		kern_nl_put_string(nl, IFLA_IFNAME, name);
	if (kern_nl_talk(nl, &(struct kern_nl_reader){ take_link, info }, "find interface", name ? name : "by number",
			 &failure) == 0)
		return 1;
	if (failure.errnum == ENODEV)
		return 0;
	*err = failure;
	return -1;
}

int kern_link_find(struct kern_nl *nl, const char *name, struct kern_link_info *info, struct err *err)
{
	return find(nl, 0, name, info, err);
}

int kern_link_get(struct kern_nl *nl, int index, struct kern_link_info *info, struct err *err)
{
	return find(nl, index, NULL, info, err);
}

const struct kern_link_info *kern_link_list_find(const struct kern_link_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

/* ---- addresses ----------------------------------------------------------------- */

struct addresses {
	int index;
	struct kern_address_list *list;
};

static int add_address(const struct nlmsghdr *message, void *data, struct err *err)
{
	const struct ifaddrmsg *header = kern_nl_header(message);
	const struct addresses *addresses = data;
	struct kern_address address = { .index = (int)header->ifa_index };
	const struct nlattr *table[IFA_FLAGS + 1], *value;
	uint32_t flags;

	(void)err;
	if (message->nlmsg_type != RTM_NEWADDR || (addresses->index && address.index != addresses->index) ||
	    (header->ifa_family != AF_INET && header->ifa_family != AF_INET6))
		return 0;
	kern_nl_attributes(message, sizeof(*header), table, IFA_FLAGS);
	value = table[IFA_LOCAL] ? table[IFA_LOCAL] : table[IFA_ADDRESS];
	address.net.address.family = header->ifa_family;
	address.net.prefix = header->ifa_prefixlen;
	if (!value || kern_nl_size(value) != ip_size(&address.net.address))
		return 0;
	memcpy(address.net.address.bytes, kern_nl_data(value), kern_nl_size(value));
	flags = table[IFA_FLAGS] ? kern_nl_u32(table[IFA_FLAGS]) : header->ifa_flags;
	address.permanent = flags & IFA_F_PERMANENT;
	address.tentative = flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED);
	address.link_local = header->ifa_scope == RT_SCOPE_LINK;
	addresses->list->items =
		memory_grow(addresses->list->items, addresses->list->count + 1, sizeof(address));
	addresses->list->items[addresses->list->count++] = address;
	return 0;
}

static void reset_addresses(void *data)
{
	const struct addresses *addresses = data;

	free(take_ptr(addresses->list->items));
	addresses->list->count = 0;
}

int kern_address_list(struct kern_nl *nl, int index, struct kern_address_list *list, struct err *err)
{
	struct ifaddrmsg header = { .ifa_index = (unsigned)index };
	struct addresses addresses = { index, list };

	*list = (struct kern_address_list){ 0 };
	return dump(nl,
		    &(struct dump){ RTM_GETADDR, &header, sizeof(header), "list addresses", add_address,
				    reset_addresses, &addresses },
		    err);
}

/* ---- neighbours ---------------------------------------------------------------- */

struct counts {
	unsigned *items;
	size_t count;
};

static int count_neighbour(const struct nlmsghdr *message, void *data, struct err *err)
{
	const struct ndmsg *header = kern_nl_header(message);
	const struct counts *counts = data;

	(void)err;
	/* Those without a neighbour discovery (multicast, lo) are no neighbours. */
	if (message->nlmsg_type == RTM_NEWNEIGH && header->ndm_ifindex > 0 &&
	    (size_t)header->ndm_ifindex < counts->count && !(header->ndm_state & NUD_NOARP))
		counts->items[header->ndm_ifindex]++;
	return 0;
}

static void reset_counts(void *data)
{
	const struct counts *counts = data;

	memset(counts->items, 0, counts->count * sizeof(*counts->items));
}

int kern_neighbour_count(struct kern_nl *nl, unsigned *items, size_t count, struct err *err)
{
	struct ndmsg header = { 0 };
	struct counts counts = { items, count };

	return dump(nl,
		    &(struct dump){ RTM_GETNEIGH, &header, sizeof(header), "list neighbours", count_neighbour,
				    reset_counts, &counts },
		    err);
}
