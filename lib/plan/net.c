/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "spec/names.h"
#include "spec/net.h"
#include "plan/net.h"
#include "plan/net_diff.h"

struct plan_net_change *plan_net_add(struct plan_net_work *d, enum plan_net_change_kind kind, const char *name)
{
	struct plan_net_changes *changes = d->changes;

	if (changes->count == d->room) {
		size_t room = d->room ? d->room * 2 : 16;
		struct plan_net_change *items = arena_array(d->arena, room, sizeof(*items));

		if (changes->count)
			memcpy(items, changes->items, changes->count * sizeof(*items));
		changes->items = items;
		d->room = room;
	}
	changes->items[changes->count] = (struct plan_net_change){ .kind = kind, .name = name, .index = -1 };
	return &changes->items[changes->count++];
}

static const struct spec_net_interface *find(const struct spec_net *net, const char *name)
{
	for (size_t i = 0; i < net->interface_count; i++)
		if (net->interfaces[i].name && !strcmp(net->interfaces[i].name, name))
			return &net->interfaces[i];
	return NULL;
}

static const struct plan_net_link *find_link(const struct plan_net_work *d, const char *name)
{
	for (size_t i = 0; i < d->facts->link_count; i++)
		if (!strcmp(d->facts->links[i].name, name))
			return &d->facts->links[i];
	return NULL;
}

bool plan_net_same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_addresses(const struct spec_net_addresses *a, const struct spec_net_addresses *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!ip_net_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool has_address(const struct spec_net_addresses *list, const struct ip_net *net)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (ip_net_equal(&list->items[i], net))
			return true;
	return false;
}

/* ---- interfaces ---------------------------------------------------------------- */

/* What cannot be changed in place. */
static bool is_another(const struct spec_net_interface *wanted, const struct spec_net_interface *recorded)
{
	return wanted->type != recorded->type || !plan_net_same_text(wanted->parent, recorded->parent) ||
	       wanted->vlan != recorded->vlan || wanted->mode != recorded->mode ||
	       (wanted->host_name && !plan_net_same_text(wanted->host_name, recorded->host_name)) ||
	       (wanted->type == SPEC_NET_VETH && !same_addresses(&wanted->host_addresses, &recorded->host_addresses));
}

/* One that is not in the record (which was lost, or another made it) is taken over when it is what is wanted. */
static bool is_alike(const struct spec_net_interface *wanted, const struct plan_net_link *link)
{
	const char *kind = spec_names_of(&spec_names_net_type, wanted->type);

	return wanted->type != SPEC_NET_PHYS && !strcmp(link->kind, kind) && wanted->vlan == link->vlan &&
	       (!wanted->has_mode || wanted->mode == link->mode);
}

static void copy_mac(struct spec_net_interface *interface, const struct plan_net_link *link)
{
	interface->has_mac = true;
	memcpy(interface->mac, link->mac, sizeof(interface->mac));
}

static void delete_link(struct plan_net_work *d, const struct spec_net_interface *recorded,
			const struct plan_net_link *link)
{
	struct spec_net_interface *before = arena_alloc(d->arena, sizeof(*before));

	/* Should it have to come back, it is the same for its neighbours. */
	*before = *recorded;
	if (!before->has_mac && before->type != SPEC_NET_PHYS && before->type != SPEC_NET_IPVLAN)
		copy_mac(before, link);
	plan_net_add(d, PLAN_NET_LINK_DELETE, recorded->name)->before = before;
}

bool plan_net_is_deleted(const struct plan_net_work *d, const char *name)
{
	for (size_t i = 0; i < d->changes->count; i++)
		if (d->changes->items[i].kind == PLAN_NET_LINK_DELETE && !strcmp(d->changes->items[i].name, name))
			return true;
	return false;
}

/* lo cannot be deleted: what it was given is taken back by the addresses' rules alone. */
static void delete_links(struct plan_net_work *d)
{
	for (size_t i = 0; d->wanted->interfaces_given && i < d->recorded->interface_count; i++) {
		const struct spec_net_interface *recorded = &d->recorded->interfaces[i];
		const struct spec_net_interface *wanted = recorded->name ? find(d->wanted, recorded->name) : NULL;
		const struct plan_net_link *link = recorded->name ? find_link(d, recorded->name) : NULL;

		if (link && recorded->type != SPEC_NET_LOOPBACK && (!wanted || is_another(wanted, recorded)))
			delete_link(d, recorded, link);
	}
}

static void set_link(struct plan_net_work *d, const struct spec_net_interface *wanted, const struct plan_net_link *link,
		     long index)
{
	struct spec_net_interface after = { .type = wanted->type, .name = wanted->name, .down = wanted->down };
	struct spec_net_interface before = { .type = wanted->type, .name = wanted->name, .down = !link->up };
	struct plan_net_change *change;

	if (wanted->mtu && wanted->mtu != link->mtu) {
		after.mtu = wanted->mtu;
		before.mtu = link->mtu;
	}
	if (wanted->has_tx_queue_length && wanted->tx_queue_length != link->tx_queue_length) {
		after.has_tx_queue_length = before.has_tx_queue_length = true;
		after.tx_queue_length = wanted->tx_queue_length;
		before.tx_queue_length = link->tx_queue_length;
	}
	if (wanted->has_mac && memcmp(wanted->mac, link->mac, sizeof(wanted->mac)) != 0) {
		after.has_mac = true;
		memcpy(after.mac, wanted->mac, sizeof(after.mac));
		copy_mac(&before, link);
	}
	if (!after.mtu && !after.has_tx_queue_length && !after.has_mac && wanted->down == !link->up)
		return;
	change = plan_net_add(d, PLAN_NET_LINK_SET, wanted->name);
	change->interface = memcpy(arena_alloc(d->arena, sizeof(after)), &after, sizeof(after));
	change->before = memcpy(arena_alloc(d->arena, sizeof(before)), &before, sizeof(before));
	change->index = index;
}

static void set_port(struct plan_net_work *d, const struct spec_net_interface *wanted, const struct plan_net_link *link,
		     long index)
{
	struct spec_net_interface before = { .type = SPEC_NET_VETH,
					     .name = wanted->name,
					     .host_name = link->host_name,
					     .bridge = link->bridge,
					     .hairpin = link->hairpin,
					     .isolated = link->isolated };
	struct plan_net_change *change;

	/* The host's end may be in a namespace that we do not see. */
	if (wanted->type != SPEC_NET_VETH || !link->host_name ||
	    (plan_net_same_text(wanted->bridge, link->bridge) && wanted->hairpin == link->hairpin &&
	     wanted->isolated == link->isolated))
		return;
	change = plan_net_add(d, PLAN_NET_PORT_SET, wanted->name);
	change->interface = wanted;
	change->before = memcpy(arena_alloc(d->arena, sizeof(before)), &before, sizeof(before));
	change->index = index;
}

static bool has_link(const struct spec_net_interface *interface)
{
	return interface->type != SPEC_NET_EMPTY && interface->type != SPEC_NET_NONE;
}

static void add_links(struct plan_net_work *d)
{
	for (size_t i = 0; i < d->wanted->interface_count; i++) {
		const struct spec_net_interface *wanted = &d->wanted->interfaces[i];
		const struct plan_net_link *link = has_link(wanted) ? find_link(d, wanted->name) : NULL;
		struct plan_net_change *change;

		if (!has_link(wanted) || (link && !plan_net_is_deleted(d, wanted->name)))
			continue;
		change = plan_net_add(d, PLAN_NET_LINK_ADD, wanted->name);
		change->interface = wanted;
		change->index = (long)i;
	}
}

static void set_links(struct plan_net_work *d)
{
	for (size_t i = 0; i < d->wanted->interface_count; i++) {
		const struct spec_net_interface *wanted = &d->wanted->interfaces[i];
		const struct plan_net_link *link = has_link(wanted) ? find_link(d, wanted->name) : NULL;

		if (link && !plan_net_is_deleted(d, wanted->name)) {
			set_link(d, wanted, link, (long)i);
			set_port(d, wanted, link, (long)i);
		}
	}
}

static int refuse_strangers(struct plan_net_work *d)
{
	for (size_t i = 0; i < d->wanted->interface_count; i++) {
		const struct spec_net_interface *wanted = &d->wanted->interfaces[i];
		const struct plan_net_link *link = has_link(wanted) ? find_link(d, wanted->name) : NULL;

		if (!link || wanted->type == SPEC_NET_LOOPBACK || find(d->recorded, wanted->name) ||
		    is_alike(wanted, link))
			continue;
		err_set(d->err, ERR_EXISTS, "add interface", "there is one of that name, of the type %s, that nsnet "
							     "did not make",
			*link->kind ? link->kind : "phys");
		return err_object(d->err, "%s", wanted->name);
	}
	return 0;
}

/* ---- addresses ----------------------------------------------------------------- */

static void delete_addresses(struct plan_net_work *d)
{
	for (size_t i = 0; d->wanted->interfaces_given && i < d->recorded->interface_count; i++) {
		const struct spec_net_interface *recorded = &d->recorded->interfaces[i];
		const struct spec_net_interface *wanted = recorded->name ? find(d->wanted, recorded->name) : NULL;
		const struct plan_net_link *link = recorded->name ? find_link(d, recorded->name) : NULL;

		if (!link || plan_net_is_deleted(d, link->name))
			continue;
		for (size_t j = 0; j < recorded->addresses.count; j++) {
			const struct ip_net *net = &recorded->addresses.items[j];

			if (has_address(&link->addresses, net) && !has_address(wanted ? &wanted->addresses : NULL, net))
				plan_net_add(d, PLAN_NET_ADDRESS_DELETE, link->name)->address = *net;
		}
	}
}

static void add_addresses(struct plan_net_work *d)
{
	for (size_t i = 0; i < d->wanted->interface_count; i++) {
		const struct spec_net_interface *wanted = &d->wanted->interfaces[i];
		const struct plan_net_link *link = has_link(wanted) ? find_link(d, wanted->name) : NULL;

		for (size_t j = 0; link && !plan_net_is_deleted(d, link->name) && j < wanted->addresses.count; j++) {
			struct plan_net_change *change;

			if (has_address(&link->addresses, &wanted->addresses.items[j]))
				continue;
			change = plan_net_add(d, PLAN_NET_ADDRESS_ADD, link->name);
			change->address = wanted->addresses.items[j];
			change->index = (long)i;
		}
	}
}

/* By kind; those of one kind stay in their order. */
static void sort(struct plan_net_work *d)
{
	struct plan_net_change *sorted = arena_array(d->arena, d->changes->count, sizeof(*sorted));
	size_t count = 0;

	for (int kind = 0; kind <= PLAN_NET_ROUTE_ADD; kind++)
		for (size_t i = 0; i < d->changes->count; i++)
			if (d->changes->items[i].kind == (enum plan_net_change_kind)kind)
				sorted[count++] = d->changes->items[i];
	d->changes->items = sorted;
}

int plan_net_diff(const struct plan_net_request *request, struct arena *arena, struct plan_net_changes *changes,
		  struct err *err)
{
	const struct spec_net *wanted = request->wanted, *recorded = request->recorded;
	/* Only one of the two members may be given: of the other what is recorded stays wanted. */
	struct spec_net whole = *wanted, given = *wanted;
	struct plan_net_work d = { &given, recorded, request->facts, arena, changes, 0, err };

	*changes = (struct plan_net_changes){ 0 };
	if (!wanted->interfaces_given && !request->additive) {
		whole.interfaces = recorded->interfaces;
		whole.interface_count = recorded->interface_count;
	}
	if (!wanted->routes_given && !request->additive) {
		whole.routes = recorded->routes;
		whole.route_count = recorded->route_count;
	}
	if (request->additive)
		given.interfaces_given = given.routes_given = false;
	if (refuse_strangers(&d))
		return -1;
	delete_links(&d);
	add_links(&d);
	set_links(&d);
	delete_addresses(&d);
	add_addresses(&d);
	plan_net_diff_routes(&d, &whole);
	sort(&d);
	return 0;
}
