/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "auto" among the addresses. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/log.h"
#include "kern/link_info.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_session.h"
#include "state/lease.h"

static void append(struct arena *arena, struct spec_net_addresses *list, const struct ip_net *net)
{
	struct ip_net *items = arena_array(arena, list->count + 1, sizeof(*items));

	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	items[list->count] = *net;
	list->items = items;
	list->count++;
}

/* Nobody else's: the gateways, and what the bridge or the interface below has on the host. */
static int find_taken(struct net_session *session, const struct spec_net_interface *interface,
		      struct spec_net_addresses *taken, struct err *err)
{
	const char *below = interface->bridge ? interface->bridge : interface->parent;
	struct kern_address_list list;
	struct kern_link_info info;
	int found = below ? kern_link_find(session->host, below, &info, err) : 0;

	for (size_t i = 0; i < interface->gateway_count; i++)
		append(session->arena, taken, &(struct ip_net){ .address = interface->gateways[i] });
	for (size_t i = 0; i < interface->addresses.count; i++)
		append(session->arena, taken, &interface->addresses.items[i]);
	for (size_t i = 0; i < interface->host_addresses.count; i++)
		append(session->arena, taken, &interface->host_addresses.items[i]);
	if (found <= 0)
		return found;
	if (kern_address_list(session->host, info.index, &list, err))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		append(session->arena, taken, &list.items[i].net);
	free(list.items);
	return 0;
}

static int lease_one(struct net_session *session, struct spec_net_interface *interface, struct err *err)
{
	struct spec_net_addresses taken = { 0 };
	struct ip *addresses;

	if (find_taken(session, interface, &taken, err))
		return -1;
	addresses = arena_array(session->arena, taken.count, sizeof(*addresses));
	for (size_t i = 0; i < taken.count; i++)
		addresses[i] = taken.items[i].address;
	for (size_t i = 0; i < interface->subnets.count; i++) {
		struct state_lease lease = { .subnet = interface->subnets.items[i],
					     .owner = session->target->owner,
					     .interface = interface->name,
					     .taken = addresses,
					     .taken_count = taken.count };
		struct ip_net address;

		if (state_lease_take(&lease, &address, err))
			return -1;
		append(session->arena, &interface->addresses, &address);
	}
	interface->automatic = false;
	interface->subnets = (struct spec_net_addresses){ 0 };
	return 0;
}

/*
 * An address that was chosen by hand is entered too, so that "auto" does not
 * give it to another. Somebody else may have the same one in a network that is
 * not connected with ours: that is no error.
 */
static void enter(struct net_session *session, const struct spec_net_interface *interface)
{
	for (size_t i = 0; interface->type != SPEC_NET_LOOPBACK && i < interface->addresses.count; i++) {
		const struct ip_net *net = &interface->addresses.items[i];
		struct state_lease lease = { .subnet = { ip_net_base(net), net->prefix },
					     .owner = session->target->owner,
					     .interface = interface->name,
					     .wanted = net->address };
		struct err taken = { 0 };
		struct ip_net address;

		if (net->prefix + 1u < ip_bits(&net->address) && state_lease_take(&lease, &address, &taken))
			log_debug("%s: the address is another's too", interface->name);
	}
}

static bool has(const struct spec_net_addresses *list, const struct ip *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (ip_equal(&list->items[i].address, address))
			return true;
	return false;
}

/* Without leasing: the addresses that it has of its subnets. Where one lacks it stays "auto". */
static void resolve_recorded(struct net_session *session, struct spec_net_interface *interface)
{
	const struct spec_net_interface *before = net_find(session->recorded, interface->name);
	size_t found = 0;

	for (size_t i = 0; before && i < interface->subnets.count; i++)
		for (size_t j = 0; j < before->addresses.count; j++) {
			const struct ip_net *net = &before->addresses.items[j], *subnet = &interface->subnets.items[i];

			if (net->prefix != subnet->prefix || !ip_net_contains(subnet, &net->address) ||
			    has(&interface->addresses, &net->address))
				continue;
			append(session->arena, &interface->addresses, net);
			found++;
			break;
		}
	interface->automatic = found < interface->subnets.count;
}

int net_lease_all(struct net_session *session, const struct spec_net *wanted, bool dry_run,
		  struct spec_net **resolved, struct err *err)
{
	struct spec_net *net = arena_alloc(session->arena, sizeof(*net));

	*net = *wanted;
	net->interfaces = arena_array(session->arena, net->interface_count, sizeof(*net->interfaces));
	if (net->interface_count)
		memcpy(net->interfaces, wanted->interfaces, net->interface_count * sizeof(*net->interfaces));
	*resolved = net;
	for (size_t i = 0; i < net->interface_count; i++) {
		struct spec_net_interface *interface = &net->interfaces[i];

		if (!dry_run)
			enter(session, interface);
		if (interface->automatic && dry_run)
			resolve_recorded(session, interface);
		else if (interface->automatic && lease_one(session, interface, err))
			return -1;
	}
	return 0;
}

struct settle {
	const char *owner;
	const struct spec_net *net;
};

static int is_unused(const struct state_lease_entry *entry, void *data, struct err *err)
{
	const struct settle *settle = data;
	const struct spec_net_interface *interface;

	(void)err;
	if (strcmp(entry->owner, settle->owner) != 0)
		return 0;
	interface = net_find(settle->net, entry->interface);
	for (size_t i = 0; interface && i < interface->addresses.count; i++)
		if (ip_equal(&interface->addresses.items[i].address, &entry->address))
			return 0;
	return 1;
}

int net_lease_settle(struct net_session *session, const struct spec_net *net, struct err *err)
{
	return state_lease_each(is_unused, &(struct settle){ session->target->owner, net }, err);
}
