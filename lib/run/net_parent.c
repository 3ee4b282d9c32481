/* SPDX-License-Identifier: GPL-2.0-or-later */
/* macvlan, ipvlan and vlan: interfaces that stand on one of the host's. */
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "kern/link_info.h"
#include "kern/link_make.h"
#include "spec/names.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_session.h"

const char *net_link_chosen_name(struct net_session *session, const char *name)
{
	const char *const parts[] = { session->target->owner, "/", name };
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *p = parts[i]; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	return arena_printf(session->arena, "ns%012" PRIx64, (hash >> 16) & 0xffffffffffff);
}

int net_link_inside(struct net_session *session, const char *name, struct kern_link_info *info, struct err *err)
{
	int found = kern_link_find(session->inside, name, info, err);

	if (found)
		return found < 0 ? -1 : 0;
	errno = ENODEV;
	err_system(err, "find interface", "%s", name);
	return err_hint(err, "the namespace has no interface of that name");
}

static bool stands_on_parent(const struct spec_net_interface *interface)
{
	return interface->type == SPEC_NET_MACVLAN || interface->type == SPEC_NET_IPVLAN ||
	       interface->type == SPEC_NET_VLAN;
}

int net_parent_delete_half_made(struct net_session *session, const struct spec_net_interface *interface,
				struct err *err)
{
	const char *name;
	struct kern_link_info info;
	int found;

	if (!stands_on_parent(interface))
		return 0;
	name = net_link_chosen_name(session, interface->name);
	found = kern_link_find(session->inside, name, &info, err);
	if (found <= 0 || strcmp(info.kind, spec_names_of(&spec_names_net_type, interface->type)) != 0)
		return found < 0 ? -1 : 0;
	return kern_link_delete(session->inside, info.index, name, err);
}

int net_parent_make(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_new link = { .kind = spec_names_of(&spec_names_net_type, interface->type),
				      .object = interface->name,
				      .elsewhere = true,
				      .netns = session->netns,
				      .has_mode = interface->has_mode,
				      .mode = interface->mode,
				      .vlan = interface->vlan,
				      .mac = interface->has_mac ? interface->mac : NULL,
				      .mtu = interface->mtu,
				      .has_tx_queue_length = interface->has_tx_queue_length,
				      .tx_queue_length = interface->tx_queue_length };
	struct kern_link_info info;
	int found = kern_link_find(session->host, interface->parent, &info, err);

	if (found < 0)
		return -1;
	if (!found) {
		errno = ENODEV;
		err_system(err, "find interface", "%s", interface->parent);
		return err_hint(err, "the host has no interface of that name for the %s to stand on", link.kind);
	}
	link.link = info.index;
	/* Before 6.8 a kernel looks for the name here as well as there: it is renamed once it is there. */
	link.name = net_link_chosen_name(session, interface->name);
	if (net_parent_delete_half_made(session, interface, err) || kern_link_make(session->host, &link, err))
		return -1;
	if (net_link_inside(session, link.name, &info, err))
		return -1;
	if (kern_link_change(session->inside, info.index, &(struct kern_link_change){ .name = interface->name },
			     interface->name, err) == 0)
		return 0;
	kern_link_delete(session->inside, info.index, link.name, &(struct err){ 0 });
	return -1;
}
