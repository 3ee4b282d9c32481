/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One interface of a namespace: made, changed, taken away. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/log.h"
#include "kern/link_info.h"
#include "kern/link_make.h"
#include "kern/netns.h"
#include "kern/procfs.h"
#include "kern/route.h"
#include "spec/names.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_session.h"

#define ALIAS "nsnet %s %s" /* owner, interface: what tells our host's ends from others */
#define ALIAS_MAX 255

int net_link_complete(struct net_session *session, struct spec_net_interface *interface, struct err *err)
{
	const struct spec_net_interface *before = interface->name ? net_find(session->recorded, interface->name) : NULL;

	if (interface->type == SPEC_NET_PHYS)
		return net_phys_complete(session, interface, err);
	if (interface->type == SPEC_NET_VETH && !interface->host_name)
		interface->host_name = before && before->host_name ? before->host_name
								   : net_link_chosen_name(session, interface->name);
	return 0;
}

static void fill_alias(struct net_session *session, const char *name, char alias[static ALIAS_MAX + 1])
{
	snprintf(alias, ALIAS_MAX + 1, ALIAS, session->target->owner, name);
}

/* ---- making -------------------------------------------------------------------- */

static int make_veth(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_new link = { .kind = "veth",
				      .name = interface->host_name,
				      .peer = interface->name,
				      .peer_netns = session->netns,
				      .mac = interface->has_mac ? interface->mac : NULL,
				      .mtu = interface->mtu,
				      .has_tx_queue_length = interface->has_tx_queue_length,
				      .tx_queue_length = interface->tx_queue_length,
				      .up = true };
	struct kern_link_info bridge = { 0 }, other;
	char alias[ALIAS_MAX + 1];

	fill_alias(session, interface->name, alias);
	link.alias = alias;
	if (interface->bridge && net_bridge_find(session, interface, &bridge, err))
		return -1;
	link.master = bridge.index;
	/* A port with a smaller MTU would make the bridge's own one smaller. */
	if (link.master && !link.mtu)
		link.mtu = bridge.mtu;
	if (kern_link_make(session->host, &link, err) == 0)
		return 0;
	if (err->errnum == EEXIST && kern_link_find(session->host, link.name, &other, &(struct err){ 0 }) > 0) {
		*err = (struct err){ 0 };
		errno = EEXIST;
		err_system(err, "add veth", "%s", link.name);
		err_hint(err, "the host has an interface of that name: choose another for its end");
	}
	return -1;
}

static int make_dummy(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_new link = { .kind = "dummy",
				      .name = interface->name,
				      .mac = interface->has_mac ? interface->mac : NULL,
				      .mtu = interface->mtu,
				      .has_tx_queue_length = interface->has_tx_queue_length,
				      .tx_queue_length = interface->tx_queue_length };

	return kern_link_make(session->inside, &link, err);
}

static int make(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	switch (interface->type) {
	case SPEC_NET_VETH:
		return make_veth(session, interface, err);
	case SPEC_NET_DUMMY:
		return make_dummy(session, interface, err);
	case SPEC_NET_PHYS:
		return net_phys_move(session, interface, err);
	case SPEC_NET_LOOPBACK:
		return 0;
	default:
		return net_parent_make(session, interface, err);
	}
}

int net_link_ipv6(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	bool wanted = false;
	int own, ret, ipv6;

	for (size_t i = 0; i < interface->addresses.count; i++)
		wanted = wanted || interface->addresses.items[i].address.family == AF_INET6;
	/* With IPv4 addresses alone there is no IPv6: nothing that a neighbour could reach unasked. */
	ipv6 = wanted ? 1 : interface->addresses.count && !interface->accept_ra ? -1 : 0;
	if (session->procfs < 0)
		session->procfs = kern_procfs_open(err);
	if (session->procfs < 0 || kern_netns_enter(session->netns, &own, err))
		return -1;
	ret = kern_link_ipv6(session->procfs, interface->name, interface->accept_ra, ipv6, err);
	return kern_netns_leave(&own, err) || ret ? -1 : 0;
}

static int configure_host(struct net_session *session, const struct spec_net_interface *interface,
			  struct err *err)
{
	struct kern_link_info info;
	int found;

	if (interface->type != SPEC_NET_VETH ||
	    (!interface->host_addresses.count && !interface->hairpin && !interface->isolated))
		return 0;
	found = kern_link_find(session->host, interface->host_name, &info, err);
	if (found <= 0)
		return found;
	for (size_t i = 0; i < interface->host_addresses.count; i++)
		if (kern_address_add(session->host, info.index, &interface->host_addresses.items[i],
				     interface->host_name, err))
			return -1;
	if (!interface->hairpin && !interface->isolated)
		return 0;
	return kern_link_port(session->host,
			      &(struct kern_link_port){ info.index, interface->hairpin, interface->isolated,
							interface->host_name },
			      err);
}

static int configure(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_change change = { .up = !interface->down };
	struct kern_link_info info;

	if (net_link_inside(session, interface->name, &info, err))
		return -1;
	if (interface->type == SPEC_NET_LOOPBACK || interface->type == SPEC_NET_PHYS) {
		/* What is made has these from its making. */
		change.mac = interface->has_mac ? interface->mac : NULL;
		change.mtu = interface->mtu;
		change.has_tx_queue_length = interface->has_tx_queue_length;
		change.tx_queue_length = interface->tx_queue_length;
		change.down = interface->down;
	}
	if (interface->type != SPEC_NET_LOOPBACK && net_link_ipv6(session, interface, err))
		return -1;
	for (size_t i = 0; i < interface->addresses.count; i++) {
		struct err failure = { 0 };

		if (kern_address_add(session->inside, info.index, &interface->addresses.items[i],
				     interface->name, &failure) &&
		    (failure.errnum != EEXIST || interface->type == SPEC_NET_VETH)) {
			*err = failure;
			return -1;
		}
	}
	if (kern_link_change(session->inside, info.index, &change, interface->name, err) == 0)
		return configure_host(session, interface, err);
	if (err->errnum == ENETDOWN && interface->parent)
		return err_hint(err, "%s, which it is on, is down", interface->parent);
	return -1;
}

int net_link_add(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct err undo = { 0 };
	int ret;

	if (interface->type == SPEC_NET_EMPTY || interface->type == SPEC_NET_NONE)
		return 0;
	ret = make(session, interface, err);
	if (!ret && configure(session, interface, err) == 0) {
		net_bridge_unlock(session);
		return 0;
	}
	net_bridge_unlock(session);
	if (!ret && net_link_delete(session, interface, &undo))
		log_error(&undo);
	if (ret && interface->bridge && net_bridge_release(session, interface->bridge, &undo))
		log_error(&undo);
	return -1;
}

/* ---- taking away --------------------------------------------------------------- */

/* The namespace is gone, or going: only the host's end can be told to go, when it is ours. */
static int delete_host_end(struct net_session *session, const struct spec_net_interface *interface,
			   struct err *err)
{
	struct err gone = { 0 };
	struct kern_link_info info;
	char alias[ALIAS_MAX + 1];
	int found = kern_link_find(session->host, interface->host_name, &info, err);

	fill_alias(session, interface->name, alias);
	if (found <= 0 || strcmp(info.alias, alias) != 0 || strcmp(info.kind, "veth") != 0)
		return found < 0 ? -1 : 0;
	if (kern_link_delete(session->host, info.index, interface->host_name, &gone) == 0 || gone.errnum == ENODEV)
		return 0;
	*err = gone;
	return -1;
}

static int delete_inside(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_info info;
	int found;

	if (net_parent_delete_half_made(session, interface, err))
		return -1;
	found = kern_link_find(session->inside, interface->name, &info, err);
	if (found <= 0)
		return found;
	for (size_t i = 0; interface->type == SPEC_NET_LOOPBACK && i < interface->addresses.count; i++)
		kern_address_delete(session->inside, info.index, &interface->addresses.items[i], "lo",
				    &(struct err){ 0 });
	return interface->type == SPEC_NET_LOOPBACK
		       ? 0
		       : kern_link_delete(session->inside, info.index, interface->name, err);
}

int net_link_delete(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	int ret = 0;

	if (interface->type == SPEC_NET_EMPTY || interface->type == SPEC_NET_NONE)
		return 0;
	if (interface->type == SPEC_NET_PHYS)
		return net_phys_return(session, interface, err);
	if (session->inside)
		ret = delete_inside(session, interface, err);
	if (!ret && interface->type == SPEC_NET_VETH && interface->host_name)
		ret = delete_host_end(session, interface, err);
	if (!ret && interface->bridge)
		ret = net_bridge_release(session, interface->bridge, err);
	return ret;
}

/* ---- changing ------------------------------------------------------------------ */

int net_link_set(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_change change = { .mac = interface->has_mac ? interface->mac : NULL,
					   .mtu = interface->mtu,
					   .has_tx_queue_length = interface->has_tx_queue_length,
					   .tx_queue_length = interface->tx_queue_length,
					   .up = !interface->down,
					   .down = interface->down };
	struct kern_link_info info;

	return net_link_inside(session, interface->name, &info, err)
		       ? -1
		       : kern_link_change(session->inside, info.index, &change, interface->name, err);
}

int net_link_port(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct kern_link_change change = { .has_master = true };
	struct kern_link_info inside, peer, bridge = { 0 };
	int found;

	if (net_link_inside(session, interface->name, &inside, err))
		return -1;
	found = kern_link_get(session->host, inside.link, &peer, err);
	if (found <= 0)
		return found < 0 ? -1 : err_set(err, ERR_STATE, "bridge", "the other end of %s is not on the host",
						interface->name);
	if (interface->bridge && net_bridge_find(session, interface, &bridge, err))
		return -1;
	change.master = bridge.index;
	found = change.master == peer.master
			? 0
			: kern_link_change(session->host, peer.index, &change, peer.name, err);
	net_bridge_unlock(session);
	if (found)
		return -1;
	return change.master ? kern_link_port(session->host,
					      &(struct kern_link_port){ peer.index, interface->hairpin,
									interface->isolated, peer.name },
					      err)
			     : 0;
}

int net_link_address(struct net_session *session, const char *name, const struct ip_net *net, bool add,
		     struct err *err)
{
	/* accept_ra: what was said of router advertisements stays. */
	struct spec_net_interface interface = { .name = name,
						.accept_ra = true,
						.addresses = { .items = (struct ip_net[]){ *net }, .count = 1 } };
	struct kern_link_info info;

	if (net_link_inside(session, name, &info, err))
		return -1;
	if (!add)
		return kern_address_delete(session->inside, info.index, net, name, err);
	if (net->address.family == AF_INET6 && net_link_ipv6(session, &interface, err))
		return -1;
	return kern_address_add(session->inside, info.index, net, name, err);
}

int net_link_route(struct net_session *session, const struct spec_net_route *route, bool add, struct err *err)
{
	struct kern_route kernel = { .destination = route->destination,
				     .gateway = route->gateway,
				     .source = route->source,
				     .metric = route->metric,
				     .table = route->table,
				     .mtu = route->mtu,
				     .on_link = route->on_link };
	struct kern_link_info info;

	if (route->interface && net_link_inside(session, route->interface, &info, err))
		return -1;
	kernel.index = route->interface ? info.index : 0;
	return add ? kern_route_add(session->inside, &kernel, err) : kern_route_delete(session->inside, &kernel, err);
}
