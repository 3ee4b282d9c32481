/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/netns.h"
#include "kern/nl.h"
#include "kern/ns.h"
#include "spec/firewall.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_rules.h"
#include "run/net_session.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/net.h"

static int load(struct net_session *session, struct err *err)
{
	auto_free char *text = NULL;
	size_t len;

	if (state_net_load(session->record, &text, &len, err))
		return -1;
	if (!text)
		return 0;
	session->recorded_spec = spec_read_net_record(text, len, "net.json", err);
	if (!session->recorded_spec)
		return -1;
	session->recorded = session->recorded_spec->own.net;
	session->saved = take_ptr(text);
	return 0;
}

static int open_record(struct net_session *session, bool create, struct err *err)
{
	struct err absent = { 0 };

	session->record = state_net_lock(STATE_NET_OWNERS, session->target->owner, create, &absent);
	if (session->record >= 0)
		return load(session, err);
	if (!create && absent.kind == ERR_NOT_FOUND)
		return 0;
	*err = absent;
	return -1;
}

/* The target's, or, when the container has ended, the one that was kept for an interface of the host. */
static int find_namespace(struct net_session *session, struct err *err)
{
	auto_free char *path = NULL;
	struct err none = { 0 };

	session->netns = session->target->netns;
	if (session->netns >= 0 || session->record < 0)
		return 0;
	path = state_net_pin(session->target->owner, err);
	if (!path)
		return -1;
	session->netns = kern_ns_open(path, CLONE_NEWNET, &none);
	session->pinned = session->netns >= 0;
	return 0;
}

int net_session_open(struct net_session *session, const struct run_net_target *target, bool create,
		     struct err *err)
{
	*session = (struct net_session)NET_SESSION_NONE;
	session->target = target;
	session->arena = arena_new();
	session->recorded = arena_alloc(session->arena, sizeof(*session->recorded));
	session->own = kern_netns_own(err);
	if (session->own < 0)
		return -1;
	if (target->netns >= 0 && kern_netns_same(session->own, target->netns)) {
		err_set(err, ERR_USAGE, "network namespace", "is the caller's own");
		err_object(err, "%s", target->owner);
		return err_hint(err, "what is the host's is not changed as if it were a container's");
	}
	session->host = kern_nl_open(err);
	if (!session->host || open_record(session, create, err) || find_namespace(session, err))
		return -1;
	session->inside = session->netns < 0 ? NULL : kern_nl_open_in(session->netns, err);
	return session->netns >= 0 && !session->inside ? -1 : 0;
}

void net_session_close(struct net_session *session)
{
	kern_nl_close(session->host);
	kern_nl_close(session->inside);
	if (session->pinned)
		close_keep_errno(session->netns);
	close_keep_errno(session->own);
	close_keep_errno(session->record);
	close_keep_errno(session->procfs);
	close_keep_errno(session->bridge);
	spec_free(session->recorded_spec);
	free(session->saved);
	arena_free(session->arena);
	*session = (struct net_session)NET_SESSION_NONE;
}

static bool is_empty(const struct spec_net *net)
{
	return !net->interface_count && !net->route_count && !net->firewall;
}

static int forget(const char *owner, struct err *err)
{
	auto_free char *pin = state_net_pin(owner, err);

	return !pin || kern_netns_unpin(pin, err) || state_net_remove(STATE_NET_OWNERS, owner, err) ? -1 : 0;
}

int net_session_save(struct net_session *session, const struct spec_net *net, struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };
	struct json *json;

	if (is_empty(net))
		return session->record < 0 ? 0 : forget(session->target->owner, err);
	json = spec_write_net(net);
	json_print(json, false, &text);
	json_free(json);
	/* The intent was the outcome, as it is mostly: no second write, which could fail. */
	if (session->saved && !strcmp(session->saved, text.text))
		return 0;
	if (state_net_save(session->record, text.text, text.len, err))
		return err_hint(err, "what is made for %s could not be recorded", session->target->owner);
	free(session->saved);
	session->saved = memory_strdup(text.text);
	return 0;
}

struct spec_net_interface *net_find(const struct spec_net *net, const char *name)
{
	for (size_t i = 0; i < net->interface_count; i++)
		if (net->interfaces[i].name && !strcmp(net->interfaces[i].name, name))
			return &net->interfaces[i];
	return NULL;
}

static bool same_destination(const struct spec_net_route *a, const struct spec_net_route *b)
{
	return ip_net_equal(&a->destination, &b->destination) && a->metric == b->metric && a->table == b->table;
}

static void merge_route(struct spec_net *into, const struct spec_net_route *route)
{
	for (size_t i = 0; i < into->route_count; i++)
		if (same_destination(&into->routes[i], route)) {
			into->routes[i] = *route;
			return;
		}
	into->routes[into->route_count++] = *route;
}

struct spec_net *net_merge(struct arena *arena, const struct spec_net *a, const struct spec_net *b)
{
	struct spec_net *net = arena_alloc(arena, sizeof(*net));

	*net = *a;
	net->interfaces = arena_array(arena, a->interface_count + b->interface_count, sizeof(*net->interfaces));
	net->routes = arena_array(arena, a->route_count + b->route_count, sizeof(*net->routes));
	if (a->interface_count)
		memcpy(net->interfaces, a->interfaces, a->interface_count * sizeof(*net->interfaces));
	if (a->route_count)
		memcpy(net->routes, a->routes, a->route_count * sizeof(*net->routes));
	for (size_t i = 0; i < b->interface_count; i++) {
		struct spec_net_interface *old = b->interfaces[i].name ? net_find(net, b->interfaces[i].name) : NULL;

		if (!old)
			old = &net->interfaces[net->interface_count++];
		*old = b->interfaces[i];
	}
	for (size_t i = 0; i < b->route_count; i++)
		merge_route(net, &b->routes[i]);
	if (b->firewall)
		net->firewall = b->firewall;
	return net;
}

int net_rules_apply(struct net_session *session, const struct spec_net *net, bool dry_run, bool *changed,
		    struct err *err)
{
	if (spec_net_has_rules(net) || spec_net_has_rules(session->recorded))
		return run_net_rules_apply(session->target, net, dry_run, changed, err);
	if (changed)
		*changed = false;
	return 0;
}
