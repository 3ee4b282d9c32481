/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was made goes: one interface, one route, or all of an owner. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/log.h"
#include "kern/link_info.h"
#include "kern/link_make.h"
#include "spec/firewall.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_rules.h"
#include "run/net_session.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/net.h"

/* The record without the interface and without the routes over it. */
static struct spec_net *without(struct net_session *session, const char *name)
{
	struct spec_net *net = net_merge(session->arena, session->recorded, &(struct spec_net){ 0 });
	size_t count = 0;

	for (size_t i = 0; i < net->interface_count; i++)
		if (!net->interfaces[i].name || strcmp(net->interfaces[i].name, name) != 0)
			net->interfaces[count++] = net->interfaces[i];
	net->interface_count = count;
	count = 0;
	for (size_t i = 0; i < net->route_count; i++)
		if (!net->routes[i].interface || strcmp(net->routes[i].interface, name) != 0)
			net->routes[count++] = net->routes[i];
	net->route_count = count;
	return net;
}

static int remember(struct net_session *session, const struct spec_net *net, struct err *err)
{
	return net_rules_apply(session, net, false, NULL, err) || net_lease_settle(session, net, err) ||
			       net_session_save(session, net, err)
		       ? -1
		       : 0;
}

static int no_interface(const char *name, struct err *err)
{
	errno = ENODEV;
	err_system(err, "find interface", "%s", name);
	return err_hint(err, "the namespace has no interface of that name");
}

/* One that nsnet did not make. */
static int delete_other(struct net_session *session, const char *name, struct err *err)
{
	struct kern_link_info info;
	int found = kern_link_find(session->inside, name, &info, err);

	if (found <= 0)
		return found < 0 ? -1 : no_interface(name, err);
	return kern_link_delete(session->inside, info.index, name, err);
}

static int delete_one(struct net_session *session, const char *name, struct err *err)
{
	const struct spec_net_interface *interface = net_find(session->recorded, name);

	if (!strcmp(name, "lo")) {
		err_set(err, ERR_USAGE, "delete interface", "every network namespace has it");
		return err_object(err, "lo");
	}
	if (!interface)
		return delete_other(session, name, err);
	return net_link_delete(session, interface, err) || remember(session, without(session, name), err) ? -1 : 0;
}

int run_net_delete(const struct run_net_target *target, const char *name, struct err *err)
{
	struct net_session session;
	int ret = net_session_open(&session, target, false, err) || delete_one(&session, name, err) ? -1 : 0;

	net_session_close(&session);
	return ret;
}

static int return_one(struct net_session *session, const char *name, struct err *err)
{
	const struct spec_net_interface *interface = net_find(session->recorded, name);
	struct kern_link_info info;
	int found;

	if (!interface || interface->type != SPEC_NET_PHYS) {
		err_set(err, ERR_STATE, "return interface", "nsnet has not moved it there");
		err_object(err, "%s", name);
		return err_hint(err, interface ? "it was made there: nsnet del takes it away"
					       : "nsnet show tells what is there");
	}
	found = kern_link_find(session->inside, name, &info, err);
	if (found <= 0)
		return found < 0 ? -1 : no_interface(name, err);
	return net_link_delete(session, interface, err) || remember(session, without(session, name), err) ? -1 : 0;
}

int run_net_return(const struct run_net_target *target, const char *name, struct err *err)
{
	struct net_session session;
	int ret = net_session_open(&session, target, false, err) || return_one(&session, name, err) ? -1 : 0;

	net_session_close(&session);
	return ret;
}

static bool is_meant(const struct spec_net_route *recorded, const struct spec_net_route *meant)
{
	return ip_net_equal(&recorded->destination, &meant->destination) &&
	       (!meant->gateway.family || ip_equal(&recorded->gateway, &meant->gateway)) &&
	       (!meant->metric || recorded->metric == meant->metric) && recorded->table == meant->table;
}

static int delete_route(struct net_session *session, const struct spec_net_route *route, struct err *err)
{
	struct spec_net *net = net_merge(session->arena, session->recorded, &(struct spec_net){ 0 });
	size_t count = 0;

	if (net_link_route(session, route, false, err))
		return -1;
	for (size_t i = 0; i < net->route_count; i++)
		if (!is_meant(&net->routes[i], route))
			net->routes[count++] = net->routes[i];
	net->route_count = count;
	return session->record < 0 ? 0 : net_session_save(session, net, err);
}

int run_net_route_delete(const struct run_net_target *target, const struct spec_net *net, struct err *err)
{
	struct net_session session;
	int ret = net_session_open(&session, target, false, err) || delete_route(&session, &net->routes[0], err)
			  ? -1
			  : 0;

	net_session_close(&session);
	return ret;
}

/* Each is tried, whatever becomes of the others; the first failure is told as ours. */
static void keep_first(struct err *err, const struct err *failure)
{
	if (!err_is_set(failure))
		return;
	if (err_is_set(err))
		log_error(failure);
	else
		*err = *failure;
}

static int take_all(struct net_session *session, struct err *err)
{
	const struct spec_net *recorded = session->recorded;

	if (session->record < 0)
		return 0;
	for (size_t i = recorded->interface_count; i-- > 0;) {
		struct err failure = { 0 };

		net_link_delete(session, &recorded->interfaces[i], &failure);
		keep_first(err, &failure);
	}
	if (!err_is_set(err))
		remember(session, &(struct spec_net){ 0 }, err);
	return err_is_set(err) ? -1 : 0;
}

int run_net_take_away(const struct run_net_target *target, struct err *err)
{
	struct net_session session;
	int ret;

	/* Most containers have nothing here: that is told by one look. */
	if (!state_net_exists(STATE_NET_OWNERS, target->owner))
		return 0;
	ret = net_session_open(&session, target, false, err) || take_all(&session, err) ? -1 : 0;

	net_session_close(&session);
	return ret;
}

int run_net_recorded(const struct run_net_target *target, struct spec **spec, struct err *err)
{
	struct net_session session;
	int ret = net_session_open(&session, target, false, err);

	*spec = ret ? NULL : take_ptr(session.recorded_spec);
	net_session_close(&session);
	return ret;
}
