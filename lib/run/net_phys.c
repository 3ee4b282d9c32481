/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interface of the host that moves in, and comes back under its old name and with its addresses. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "kern/link.h"
#include "kern/link_info.h"
#include "kern/link_make.h"
#include "kern/netns.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_session.h"
#include "state/net.h"

static bool is_kept(const struct kern_address *address)
{
	return address->permanent && !address->link_local;
}

/* What will be changed there: it is given back with the device. */
static void keep_layer(struct spec_net_interface *interface, const struct kern_link_info *info)
{
	if (interface->mtu && !interface->host_mtu && interface->mtu != info->mtu)
		interface->host_mtu = info->mtu;
	if (interface->has_mac && !interface->has_host_mac && info->has_mac) {
		interface->has_host_mac = true;
		memcpy(interface->host_mac, info->mac, sizeof(interface->host_mac));
	}
}

int net_phys_complete(struct net_session *session, struct spec_net_interface *interface, struct err *err)
{
	const struct spec_net_interface *before = net_find(session->recorded, interface->name);
	struct spec_net_addresses *kept = &interface->host_addresses;
	struct kern_address_list list;
	struct kern_link_info info;
	int found;

	if (before && before->type == SPEC_NET_PHYS && !strcmp(before->parent, interface->parent)) {
		if (!kept->count)
			*kept = before->host_addresses;
		interface->host_mtu = before->host_mtu;
		interface->has_host_mac = before->has_host_mac;
		memcpy(interface->host_mac, before->host_mac, sizeof(interface->host_mac));
	}
	found = kern_link_find(session->host, interface->parent, &info, err);
	if (found > 0)
		keep_layer(interface, &info);
	if (found <= 0 || kept->count)
		return found < 0 ? -1 : 0;
	if (kern_address_list(session->host, info.index, &list, err))
		return -1;
	kept->items = arena_array(session->arena, list.count, sizeof(*kept->items));
	for (size_t i = 0; i < list.count; i++)
		if (is_kept(&list.items[i]))
			kept->items[kept->count++] = list.items[i].net;
	free(list.items);
	return 0;
}

static bool is_wanted(const struct spec_net_addresses *list, const struct ip_net *net)
{
	for (size_t i = 0; i < list->count; i++)
		if (ip_net_equal(&list->items[i], net))
			return true;
	return false;
}

/* Addresses that came along and are not in the list go. */
static int prune(struct kern_nl *nl, const char *name, const struct spec_net_addresses *wanted, struct err *err)
{
	struct kern_address_list list;
	struct kern_link_info info;
	int found = kern_link_find(nl, name, &info, err), ret = 0;

	if (found <= 0 || kern_address_list(nl, info.index, &list, err))
		return found == 0 ? 0 : -1;
	for (size_t i = 0; !ret && i < list.count; i++)
		if (is_kept(&list.items[i]) && !is_wanted(wanted, &list.items[i].net))
			ret = kern_address_delete(nl, info.index, &list.items[i].net, name, err);
	free(list.items);
	return ret;
}

static int pin(struct net_session *session, struct err *err)
{
	auto_free char *path = state_net_pin(session->target->owner, err);

	return path ? kern_netns_pin(session->netns, path, err) : -1;
}

int net_phys_move(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	if (session->target->container && pin(session, err))
		return -1;
	if (kern_link_move(session->netns, interface->parent, interface->name, NULL, err))
		return -1;
	/* Without addresses of its own it keeps those that it has. */
	return interface->addresses.count ? prune(session->inside, interface->name, &interface->addresses, err) : 0;
}

static int restore(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_change change = { .mtu = interface->host_mtu,
					   .mac = interface->has_host_mac ? interface->host_mac : NULL };
	struct kern_link_info info;
	int found = kern_link_find(session->host, interface->parent, &info, err);

	if (found > 0 && (change.mtu || change.mac) &&
	    kern_link_change(session->host, info.index, &change, interface->parent, err))
		return -1;
	for (size_t i = 0; found > 0 && i < interface->host_addresses.count; i++) {
		struct err failure = { 0 };

		if (kern_address_add(session->host, info.index, &interface->host_addresses.items[i],
				     interface->parent, &failure) == 0 ||
		    failure.errnum == EEXIST)
			continue;
		*err = failure;
		return -1;
	}
	return found < 0 ? -1 : 0;
}

int net_phys_return(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_info info;
	int found, own, ret;

	/* A namespace that ended gave its devices to the machine's first one: there is nothing to bring back. */
	if (!session->inside)
		return 0;
	found = kern_link_find(session->inside, interface->name, &info, err);
	if (found <= 0)
		return found;
	if (prune(session->inside, interface->name, &interface->host_addresses, err) ||
	    kern_netns_enter(session->netns, &own, err))
		return -1;
	ret = kern_link_move(session->own, interface->name, interface->parent, NULL, err);
	if (kern_netns_leave(&own, err) || ret)
		return -1;
	return restore(session, interface, err);
}
