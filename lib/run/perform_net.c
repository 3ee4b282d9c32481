/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsinit.networks, routes and firewall: the child waits meanwhile, and its namespace is reached through its pidfd. */
#include <fcntl.h>
#include <sched.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/log.h"
#include "kern/ns.h"
#include "kern/pidfd.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "spec/net.h"
#include "plan/net.h"
#include "run/engine.h"
#include "run/net.h"
#include "run/net_session.h"
#include "run/perform.h"
#include "state/state.h"

static int open_netns(const struct engine *engine, struct err *err)
{
	auto_close int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), process = -1;

	if (proc < 0)
		return err_system(err, "open", "/proc");
	process = kern_pidfd_proc(proc, engine->pidfd, err);
	return process < 0 ? -1 : kern_ns_open_pid(process, CLONE_NEWNET, err);
}

static const char *owner(const struct engine *engine)
{
	char buf[STATE_OWNER_MAX];

	return arena_strdup(engine->arena, state_owner(engine->state_root, engine->request->id, buf));
}

/* The session, opened with the first step of the network. */
static struct net_session *session(struct engine *engine, struct err *err)
{
	struct run_net_target *target;
	struct net_session *opened;
	int netns;

	if (engine->net)
		return engine->net;
	netns = open_netns(engine, err);
	if (netns < 0)
		return NULL;
	target = arena_alloc(engine->arena, sizeof(*target));
	*target = (struct run_net_target){ .owner = owner(engine), .netns = netns, .container = true };
	opened = arena_alloc(engine->arena, sizeof(*opened));
	if (net_session_open(opened, target, true, err)) {
		net_session_close(opened);
		close_keep_errno(netns);
		return NULL;
	}
	engine->net = opened;
	return opened;
}

static void leave(struct engine *engine)
{
	int netns;

	if (!engine->net)
		return;
	netns = engine->net->target->netns;
	net_session_close(engine->net);
	close_keep_errno(netns);
	engine->net = NULL;
}

/* Behind the last of them the lock is given up: a hook may call nsnet for this very container. */
static int leave_if_last(struct engine *engine, int ret)
{
	const struct plan *plan = engine->plan;
	const struct step *next = engine->next + 1 < plan->count ? &plan->steps[engine->next + 1] : NULL;

	if (ret || !next ||
	    (next->kind != STEP_NET_INTERFACE && next->kind != STEP_NET_ROUTE && next->kind != STEP_NET_RULES))
		leave(engine);
	return ret;
}

/* Remember first, so that whatever becomes of us what there may be is known. */
static int remember(struct net_session *session, const struct spec_net *more, struct err *err)
{
	session->recorded = net_merge(session->arena, session->recorded, more);
	return net_session_save(session, session->recorded, err);
}

static int add_interface(struct net_session *session, const struct spec_net_interface *interface, struct err *err)
{
	struct spec_net_interface copy = *interface;
	struct spec_net one = { .interfaces = &copy, .interface_count = 1 }, *resolved;
	struct spec_net_route routes[2];
	size_t count;

	if (net_lease_all(session, &one, false, &resolved, err) ||
	    net_link_complete(session, &resolved->interfaces[0], err) || remember(session, resolved, err) ||
	    net_link_add(session, &resolved->interfaces[0], err))
		return -1;
	count = plan_net_gateways(&resolved->interfaces[0], routes);
	for (size_t i = 0; i < count; i++)
		if (net_link_route(session, &routes[i], true, err))
			return -1;
	return 0;
}

int perform_net_interface(struct engine *engine, const struct step *step, struct err *err)
{
	struct net_session *opened = session(engine, err);

	/* From here on undo takes it away, also when the rest of this step fails. */
	engine->done[engine->next] = true;
	return leave_if_last(engine, opened ? add_interface(opened, step->net_interface, err) : -1);
}

static int add_route(struct net_session *session, const struct spec_net_route *route, struct err *err)
{
	struct spec_net_route copy = *route;

	return remember(session, &(struct spec_net){ .routes = &copy, .route_count = 1 }, err) ||
			       net_link_route(session, route, true, err)
		       ? -1
		       : 0;
}

int perform_net_route(struct engine *engine, const struct step *step, struct err *err)
{
	struct net_session *opened = session(engine, err);

	engine->done[engine->next] = true;
	return leave_if_last(engine, opened ? add_route(opened, step->net_route, err) : -1);
}

int perform_net_rules(struct engine *engine, const struct step *step, struct err *err)
{
	struct spec_net rules = { .firewall = step->net_rules->firewall };
	struct net_session *opened = session(engine, err);
	int ret = -1;

	engine->done[engine->next] = true;
	/* What is recorded has the addresses that were leased for the interfaces. */
	if (opened && remember(opened, &rules, err) == 0)
		ret = net_rules_apply(opened, opened->recorded, false, NULL, err);
	return leave_if_last(engine, ret);
}

void perform_net_undo(struct engine *engine)
{
	struct err none = { 0 }, err = { 0 };
	struct run_net_target target = { .owner = owner(engine),
					 .netns = open_netns(engine, &none),
					 .container = true };

	leave(engine);
	if (run_net_take_away(&target, &err))
		log_error(&err);
	close_keep_errno(target.netns);
}
