/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges: made by name, or on demand with the first port and gone with the last. */
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
#include "kern/link_make.h"
#include "kern/nl.h"
#include "kern/procfs.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_session.h"
#include "state/net.h"

#define ON_DEMAND "{}" /* what stands in the record of a bridge that was made on demand */

/* ---- making and removing ------------------------------------------------------- */

/* A network that the host has elsewhere: its packets would leave by the wrong interface. */
static int refuse_overlaps(struct kern_nl *host, const struct run_net_bridge *bridge, struct err *err)
{
	char text[IP_TEXT_MAX], other[IP_TEXT_MAX];
	struct kern_address_list list;
	struct kern_link_info info;
	int ret = 0;

	if (kern_address_list(host, 0, &list, err))
		return -1;
	for (size_t i = 0; !ret && i < list.count; i++)
		for (size_t j = 0; !ret && j < bridge->address_count; j++) {
			const struct ip_net *there = &list.items[i].net, *ours = &bridge->addresses[j];

			if (list.items[i].link_local || there->prefix == ip_bits(&there->address) ||
			    ours->prefix == ip_bits(&ours->address) || !ip_net_overlaps(there, ours) ||
			    kern_link_get(host, list.items[i].index, &info, err) <= 0)
				continue;
			err_set(err, ERR_EXISTS, "add address", "overlaps with %s of %s",
				ip_net_text(there, other, sizeof(other)), info.name);
			ret = err_object(err, "%s on %s", ip_net_text(ours, text, sizeof(text)), bridge->name);
		}
	free(list.items);
	return ret || err_is_set(err) ? -1 : 0;
}

static int configure(struct kern_nl *host, const struct run_net_bridge *bridge, int index, struct err *err)
{
	auto_close int procfs = kern_procfs_open(err);
	bool ipv6 = false;

	for (size_t i = 0; i < bridge->address_count; i++)
		ipv6 = ipv6 || bridge->addresses[i].address.family == AF_INET6;
	if (procfs < 0 || kern_link_ipv6(procfs, bridge->name, false, ipv6, err))
		return -1;
	for (size_t i = 0; i < bridge->address_count; i++)
		if (kern_address_add(host, index, &bridge->addresses[i], bridge->name, err))
			return -1;
	return kern_link_change(host, index, &(struct kern_link_change){ .up = true }, bridge->name, err);
}

static int make(struct kern_nl *host, const struct run_net_bridge *bridge, int *index, struct err *err)
{
	struct kern_link_new link = { .kind = "bridge", .name = bridge->name, .mtu = bridge->mtu, .mac = bridge->mac };
	struct kern_link_info info;

	if (refuse_overlaps(host, bridge, err) || kern_link_make(host, &link, err) ||
	    kern_link_find(host, bridge->name, &info, err) < 0)
		return -1;
	*index = info.index;
	if (configure(host, bridge, info.index, err) == 0)
		return 0;
	kern_link_delete(host, info.index, bridge->name, &(struct err){ 0 });
	return -1;
}

static int not_there(const char *name, struct err *err)
{
	errno = ENODEV;
	err_system(err, "find bridge", "%s", name);
	return err_hint(err, "make it first (nsnet bridge create %s), or have it made (--create, \"createBridge\")",
			name);
}

/* 1: there is such a bridge, 0: nothing of that name, -1 with err: also when it is something else. */
static int find(struct kern_nl *host, const char *name, struct kern_link_info *info, struct err *err)
{
	int found = kern_link_find(host, name, info, err);

	if (found <= 0 || !strcmp(info->kind, "bridge"))
		return found;
	err_set(err, ERR_SPEC, "find bridge", "is %s%s, not a bridge", *info->kind ? "a " : "a device",
		info->kind);
	return err_object(err, "%s", name);
}

static int count_ports(struct kern_nl *host, int index, size_t *count, struct err *err)
{
	struct kern_link_list list;

	*count = 0;
	if (kern_link_list(host, &list, err))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		*count += list.items[i].master == index;
	free(list.items);
	return 0;
}

int run_net_bridge_create(const struct run_net_bridge *bridge, struct err *err)
{
	struct kern_nl *host = kern_nl_open(err);
	int index, ret = host ? make(host, bridge, &index, err) : -1;

	kern_nl_close(host);
	return ret;
}

static int delete(struct kern_nl *host, const char *name, bool force, struct err *err)
{
	struct kern_link_info info;
	int found = find(host, name, &info, err);
	size_t ports;

	if (found <= 0)
		return found < 0 ? -1 : not_there(name, err);
	if (!force && count_ports(host, info.index, &ports, err))
		return -1;
	if (!force && ports) {
		err_set(err, ERR_STATE, "delete bridge", "%zu interfaces are plugged into it", ports);
		err_object(err, "%s", name);
		return err_hint(err, "delete them first, or use --force");
	}
	return kern_link_delete(host, info.index, name, err);
}

int run_net_bridge_delete(const char *name, bool force, struct err *err)
{
	struct err absent = { 0 };
	auto_close int lock = state_net_lock(STATE_NET_BRIDGES, name, false, &absent);
	struct kern_nl *host = kern_nl_open(err);
	int ret = host ? delete(host, name, force, err) : -1;

	if (!ret && lock >= 0)
		ret = state_net_remove(STATE_NET_BRIDGES, name, err);
	kern_nl_close(host);
	return ret;
}

/* ---- on demand ----------------------------------------------------------------- */

/* The gateways are the bridge's addresses, in the networks that the interface has addresses of. */
static int make_on_demand(struct net_session *session, const struct spec_net_interface *interface, int *index,
			  struct err *err)
{
	struct ip_net addresses[2];
	struct run_net_bridge bridge = { .name = interface->bridge, .mtu = interface->mtu, .addresses = addresses };

	for (size_t i = 0; i < interface->gateway_count; i++)
		for (size_t j = 0; j < interface->addresses.count; j++) {
			const struct ip_net *net = &interface->addresses.items[j];

			if (!ip_net_contains(net, &interface->gateways[i]))
				continue;
			addresses[bridge.address_count++] =
				(struct ip_net){ interface->gateways[i], net->prefix };
			break;
		}
	if (state_net_save(session->bridge, ON_DEMAND, strlen(ON_DEMAND), err))
		return -1;
	if (make(session->host, &bridge, index, err) == 0)
		return 0;
	state_net_remove(STATE_NET_BRIDGES, interface->bridge, &(struct err){ 0 });
	return -1;
}

int net_bridge_find(struct net_session *session, const struct spec_net_interface *interface,
		    struct kern_link_info *bridge, struct err *err)
{
	int found, index = 0;

	if (interface->create_bridge) {
		session->bridge = state_net_lock(STATE_NET_BRIDGES, interface->bridge, true, err);
		if (session->bridge < 0)
			return -1;
	}
	found = find(session->host, interface->bridge, bridge, err);
	if (found)
		return found < 0 ? -1 : 0;
	if (!interface->create_bridge)
		return not_there(interface->bridge, err);
	if (make_on_demand(session, interface, &index, err))
		return -1;
	found = kern_link_get(session->host, index, bridge, err);
	return found > 0 ? 0 : found < 0 ? -1 : not_there(interface->bridge, err);
}

void net_bridge_unlock(struct net_session *session)
{
	close_keep_errno(take_fd(&session->bridge));
}

/* 1: it was made on demand, 0: it was not, -1. Locked in *lock. */
static int lock_on_demand(const char *bridge, int *lock, struct err *err)
{
	auto_free char *text = NULL;
	struct err absent = { 0 };
	size_t len;

	*lock = state_net_lock(STATE_NET_BRIDGES, bridge, false, &absent);
	if (*lock < 0 && absent.kind == ERR_NOT_FOUND)
		return 0;
	if (*lock < 0) {
		*err = absent;
		return -1;
	}
	return state_net_load(*lock, &text, &len, err) ? -1 : text != NULL;
}

int net_bridge_release(struct net_session *session, const char *bridge, struct err *err)
{
	auto_close int lock = -1;
	int demand = lock_on_demand(bridge, &lock, err), found;
	struct kern_link_info info;
	size_t ports = 0;

	if (demand < 0 || lock < 0)
		return demand;
	found = demand ? find(session->host, bridge, &info, err) : 0;
	if (found < 0 || (found && count_ports(session->host, info.index, &ports, err)))
		return -1;
	if (ports)
		return 0;
	if (found && kern_link_delete(session->host, info.index, bridge, err))
		return -1;
	return state_net_remove(STATE_NET_BRIDGES, bridge, err);
}
