/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/link_make.h"
#include "kern/nl.h"
#include "kern/procfs.h"

#define MAC_SIZE 6

/*
 * A veth's end. Since Linux 5.17 it has a queue a processor of the machine, for XDP and GRO, which are off: each is
 * entries in sysfs, uevents and a ring, of two processors a third of what making the pair takes.
 */
static void put_queues(struct kern_nl *nl)
{
	kern_nl_put_u32(nl, IFLA_NUM_TX_QUEUES, 1);
	kern_nl_put_u32(nl, IFLA_NUM_RX_QUEUES, 1);
}

/* What an interface of any kind can be told at its making. */
static void put_common(struct kern_nl *nl, const struct kern_link_new *link)
{
	if (link->mac)
		kern_nl_put(nl, IFLA_ADDRESS, link->mac, MAC_SIZE);
	if (link->has_tx_queue_length)
		kern_nl_put_u32(nl, IFLA_TXQLEN, link->tx_queue_length);
}

/* The other end has a header and attributes of its own. It stays down: who makes it configures it first. */
static void put_peer(struct kern_nl *nl, const struct kern_link_new *link)
{
	struct ifinfomsg header = { 0 };
	struct nlattr *peer = kern_nl_nest(nl, VETH_INFO_PEER);

	kern_nl_put_header(nl, &header, sizeof(header));
	kern_nl_put_string(nl, IFLA_IFNAME, link->peer);
	if (link->mtu)
		kern_nl_put_u32(nl, IFLA_MTU, link->mtu);
	put_queues(nl);
	put_common(nl, link);
	kern_nl_put_u32(nl, IFLA_NET_NS_FD, (uint32_t)link->peer_netns);
	kern_nl_nest_end(nl, peer);
}

static void put_mode(struct kern_nl *nl, const struct kern_link_new *link)
{
	uint16_t half = (uint16_t)link->mode;

	if (link->vlan)
		kern_nl_put(nl, IFLA_VLAN_ID, &link->vlan, sizeof(link->vlan));
	if (!link->has_mode)
		return;
	if (!strcmp(link->kind, "macvlan"))
		kern_nl_put_u32(nl, IFLA_MACVLAN_MODE, link->mode);
	else
		kern_nl_put(nl, IFLA_IPVLAN_MODE, &half, sizeof(half));
}

static void put_kind(struct kern_nl *nl, const struct kern_link_new *link)
{
	struct nlattr *info = kern_nl_nest(nl, IFLA_LINKINFO), *data;

	kern_nl_put_string(nl, IFLA_INFO_KIND, link->kind);
	if (link->peer || link->has_mode || link->vlan) {
		data = kern_nl_nest(nl, IFLA_INFO_DATA);
		if (link->peer)
			put_peer(nl, link);
		else
			put_mode(nl, link);
		kern_nl_nest_end(nl, data);
	}
	kern_nl_nest_end(nl, info);
}

/* Errnos that say little. */
static int explain(const struct kern_link_new *link, struct err *err)
{
	switch (err->errnum) {
	case EOPNOTSUPP:
		err->kind = ERR_UNSUPPORTED;
		err->hint[0] = '\0';
		return err_hint(err, "this kernel has no %s interfaces (a module that is not loaded, or not built)",
				link->kind);
	case EEXIST:
		return err_hint(err, "an interface of that name exists already");
	case EPERM:
		return err_hint(err, "it needs CAP_NET_ADMIN over both network namespaces");
	case EBUSY:
		return err_hint(err, "the interface below is used in a way that excludes a %s", link->kind);
	default:
		return -1;
	}
}

/*
 * The kernel takes an alias only for what there is already. It is plugged in
 * together with it: what is in a bridge is known as ours, whenever we are
 * killed. A failure leaves nothing.
 */
static int finish(struct kern_nl *nl, const struct kern_link_new *link, const char *op, const char *object,
		  struct err *err)
{
	struct ifinfomsg header = { .ifi_flags = link->up ? IFF_UP : 0, .ifi_change = link->up ? IFF_UP : 0 };

	kern_nl_begin(nl, RTM_NEWLINK, 0, &header, sizeof(header));
	kern_nl_put_string(nl, IFLA_IFNAME, link->name);
	kern_nl_put(nl, IFLA_IFALIAS, link->alias, strlen(link->alias));
	if (link->master)
		kern_nl_put_u32(nl, IFLA_MASTER, (uint32_t)link->master);
	if (kern_nl_talk(nl, NULL, op, object, err) == 0)
		return 0;
	header = (struct ifinfomsg){ 0 };
	kern_nl_begin(nl, RTM_DELLINK, 0, &header, sizeof(header));
	kern_nl_put_string(nl, IFLA_IFNAME, link->name);
	kern_nl_talk(nl, NULL, "delete", link->name, &(struct err){ 0 });
	return -1;
}

int kern_link_make(struct kern_nl *nl, const struct kern_link_new *link, struct err *err)
{
	bool in_two = link->alias && !link->elsewhere, up = link->up && !in_two;
	struct ifinfomsg header = { .ifi_flags = up ? IFF_UP : 0, .ifi_change = up ? IFF_UP : 0 };
	const char *object = link->object ? link->object : link->peer ? link->peer : link->name;
	char op[48] = "add ";

	kern_nl_begin(nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	kern_nl_put_string(nl, IFLA_IFNAME, link->name);
	if (link->mtu)
		kern_nl_put_u32(nl, IFLA_MTU, link->mtu);
	if (link->peer)
		put_queues(nl);
	else
		put_common(nl, link);
	if (link->link)
		kern_nl_put_u32(nl, IFLA_LINK, (uint32_t)link->link);
	if (link->master && !in_two)
		kern_nl_put_u32(nl, IFLA_MASTER, (uint32_t)link->master);
	if (link->elsewhere)
		kern_nl_put_u32(nl, IFLA_NET_NS_FD, (uint32_t)link->netns);
	put_kind(nl, link);
	strncat(op, link->kind, sizeof(op) - sizeof("add "));
	if (kern_nl_talk(nl, NULL, op, object, err))
		return explain(link, err);
	return in_two ? finish(nl, link, op, object, err) : 0;
}

int kern_link_change(struct kern_nl *nl, int index, const struct kern_link_change *change, const char *object,
		     struct err *err)
{
	struct ifinfomsg header = { .ifi_index = index,
				    .ifi_flags = change->up ? IFF_UP : 0,
				    .ifi_change = change->up || change->down ? IFF_UP : 0 };

	kern_nl_begin(nl, RTM_NEWLINK, 0, &header, sizeof(header));
	if (change->name)
		kern_nl_put_string(nl, IFLA_IFNAME, change->name);
	if (change->mac)
		kern_nl_put(nl, IFLA_ADDRESS, change->mac, MAC_SIZE);
	if (change->mtu)
		kern_nl_put_u32(nl, IFLA_MTU, change->mtu);
	if (change->has_tx_queue_length)
		kern_nl_put_u32(nl, IFLA_TXQLEN, change->tx_queue_length);
	if (change->has_master)
		kern_nl_put_u32(nl, IFLA_MASTER, (uint32_t)change->master);
	if (kern_nl_talk(nl, NULL, change->name ? "rename interface" : "change interface", object, err) == 0)
		return 0;
	return err->errnum == EEXIST ? err_hint(err, "an interface of that name exists already") : -1;
}

int kern_link_port(struct kern_nl *nl, const struct kern_link_port *port, struct err *err)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = port->index };
	uint8_t mode = port->hairpin, alone = port->isolated;
	struct nlattr *info, *data;

	kern_nl_begin(nl, RTM_NEWLINK, 0, &header, sizeof(header));
	info = kern_nl_nest(nl, IFLA_LINKINFO);
	kern_nl_put_string(nl, IFLA_INFO_SLAVE_KIND, "bridge");
	data = kern_nl_nest(nl, IFLA_INFO_SLAVE_DATA);
	kern_nl_put(nl, IFLA_BRPORT_MODE, &mode, sizeof(mode));
	kern_nl_put(nl, IFLA_BRPORT_ISOLATED, &alone, sizeof(alone));
	kern_nl_nest_end(nl, data);
	kern_nl_nest_end(nl, info);
	return kern_nl_talk(nl, NULL, "set hairpin and isolated of", port->object, err);
}

int kern_link_delete(struct kern_nl *nl, int index, const char *object, struct err *err)
{
	struct ifinfomsg header = { .ifi_index = index };

	kern_nl_begin(nl, RTM_DELLINK, 0, &header, sizeof(header));
	if (kern_nl_talk(nl, NULL, "delete interface", object, err) == 0)
		return 0;
	return err->errnum == EOPNOTSUPP ? err_hint(err, "a device can be moved, but not deleted") : -1;
}

static int set(int proc, const char *name, const char *file, const char *value, struct err *err)
{
	char key[96];

	snprintf(key, sizeof(key), "net/ipv6/conf/%.*s/%.32s", IFNAMSIZ - 1, name, file);
	return kern_procfs_sysctl(proc, key, value, err);
}

int kern_link_ipv6(int proc, const char *name, bool accept_ra, int ipv6, struct err *err)
{
	struct err failure = { 0 };

	if ((accept_ra || set(proc, name, "accept_ra", "0", &failure) == 0) &&
	    (!ipv6 || set(proc, name, "disable_ipv6", ipv6 > 0 ? "0" : "1", &failure) == 0))
		return 0;
	if (failure.errnum == ENOENT && ipv6 <= 0)
		return 0; /* no IPv6 in this kernel */
	*err = failure;
	return failure.errnum == ENOENT ? err_hint(err, "this kernel has no IPv6, or it is off (ipv6.disable=1)") : -1;
}
