/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration brought about: run/net.h's apply and add. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "spec/firewall.h"
#include "spec/net.h"
#include "spec/net_overlap.h"
#include "plan/net.h"
#include "run/net.h"
#include "run/net_session.h"

/* What is to become of it. */
struct request {
	const struct spec_net *net;
	bool additive; /* something new beside what there is */
	const struct run_net_edit *edit; /* of the record, instead of net; or NULL */
};

struct work {
	struct net_session session;
	struct spec_net *wanted; /* resolved */
	struct spec_net *after;	 /* the record when all is done */
	struct plan_net_facts facts;
	struct plan_net_changes changes;
	bool from_file; /* errors tell where it is said */
	bool first;	/* nothing is recorded */
};

static int perform(struct net_session *session, const struct plan_net_change *change, struct err *err)
{
	switch (change->kind) {
	case PLAN_NET_LINK_ADD:
		return net_link_add(session, change->interface, err);
	case PLAN_NET_LINK_DELETE:
		return net_link_delete(session, change->before, err);
	case PLAN_NET_LINK_SET:
		return net_link_set(session, change->interface, err);
	case PLAN_NET_PORT_SET:
		return net_link_port(session, change->interface, err);
	case PLAN_NET_ADDRESS_ADD:
	case PLAN_NET_ADDRESS_DELETE:
		return net_link_address(session, change->name, &change->address,
					change->kind == PLAN_NET_ADDRESS_ADD, err);
	case PLAN_NET_ROUTE_ADD:
	case PLAN_NET_ROUTE_DELETE:
		return net_link_route(session, &change->route, change->kind == PLAN_NET_ROUTE_ADD, err);
	}
	return -1;
}

static int reverse(struct net_session *session, const struct plan_net_change *change, struct err *err)
{
	switch (change->kind) {
	case PLAN_NET_LINK_ADD:
		return net_link_delete(session, change->interface, err);
	case PLAN_NET_LINK_DELETE:
		return net_link_add(session, change->before, err);
	case PLAN_NET_LINK_SET:
		return net_link_set(session, change->before, err);
	case PLAN_NET_PORT_SET:
		return net_link_port(session, change->before, err);
	case PLAN_NET_ADDRESS_ADD:
	case PLAN_NET_ADDRESS_DELETE:
		return net_link_address(session, change->name, &change->address,
					change->kind == PLAN_NET_ADDRESS_DELETE, err);
	case PLAN_NET_ROUTE_ADD:
	case PLAN_NET_ROUTE_DELETE:
		return net_link_route(session, &change->route, change->kind == PLAN_NET_ROUTE_DELETE, err);
	}
	return -1;
}

static void stamp(const struct plan_net_change *change, struct err *err)
{
	bool route = change->kind == PLAN_NET_ROUTE_ADD;
	char pointer[48];

	if (change->index < 0)
		return;
	snprintf(pointer, sizeof(pointer), "/%s/%ld", route ? "routes" : "networks", change->index);
	err_where(err, NULL, pointer);
}

/* Back through what was done, newest first: a failure on the way is told, and the rest still goes back. */
static void roll_back(struct work *work, size_t done)
{
	while (done-- > 0) {
		struct err failure = { 0 };

		if (reverse(&work->session, &work->changes.items[done], &failure))
			log_error(&failure);
	}
}

/* Sentences for --dry-run and --verbose. */
static void tell(const struct work *work, bool rules, struct run_net_changes *changes)
{
	changes->count = work->changes.count + rules;
	for (size_t i = 0; changes->text && i < work->changes.count; i++) {
		plan_net_print(&work->changes.items[i], changes->text);
		strbuf_puts(changes->text, "\n");
	}
	if (changes->text && rules)
		strbuf_puts(changes->text, "~ firewall, ports and limits\n");
}

/* The record of what is wanted: what was not given stays as it was. */
static struct spec_net *record_after(struct work *work, bool additive)
{
	const struct spec_net *recorded = work->session.recorded;
	struct spec_net *net;

	if (additive)
		return net_merge(work->session.arena, recorded, work->wanted);
	net = arena_alloc(work->session.arena, sizeof(*net));
	*net = *work->wanted;
	if (!net->interfaces_given) {
		net->interfaces = recorded->interfaces;
		net->interface_count = recorded->interface_count;
	}
	if (!net->routes_given) {
		net->routes = recorded->routes;
		net->route_count = recorded->route_count;
	}
	if (!net->firewall)
		net->firewall = recorded->firewall;
	return net;
}

/* A copy of the record, changed. */
static struct spec_net *edit_record(struct work *work, const struct run_net_edit *edit, struct err *err)
{
	struct spec_net *net =
		net_merge(work->session.arena, work->session.recorded, &(struct spec_net){ 0 });

	return edit->change(work->session.arena, net, edit->data, err) ? NULL : net;
}

/* What was there before and what comes now must be a network together: the reader only saw what comes. */
static int refuse_overlaps(const struct spec_net *net, struct err *err)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 1; i < net->interface_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct ip_net *overlap = spec_net_overlap(&net->interfaces[j], &net->interfaces[i]);

			if (!overlap)
				continue;
			err_set(err, ERR_EXISTS, "add interface", "%s overlaps with a network of %s",
				ip_net_text(overlap, text, sizeof(text)), net->interfaces[j].name);
			return err_object(err, "%s", net->interfaces[i].name);
		}
	return 0;
}

/* `add` makes something new: what has the name already is not brought into line with it. */
static int refuse_taken(const struct plan_net_facts *facts, const struct spec_net *net, struct err *err)
{
	for (size_t i = 0; i < net->interface_count; i++)
		for (size_t j = 0; j < facts->link_count; j++)
			if (net->interfaces[i].name && net->interfaces[i].type != SPEC_NET_LOOPBACK &&
			    !strcmp(net->interfaces[i].name, facts->links[j].name)) {
				errno = EEXIST;
				err_system(err, "add interface", "%s", facts->links[j].name);
				return err_hint(err, "the namespace has an interface of that name");
			}
	return 0;
}

static int prepare(struct work *work, const struct request *what, bool dry_run, struct err *err)
{
	struct net_session *session = &work->session;
	struct plan_net_request request = { .recorded = session->recorded,
					    .facts = &work->facts,
					    .additive = what->additive };
	const struct spec_net *wanted = what->edit ? edit_record(work, what->edit, err) : what->net;

	if (!wanted || net_facts(session, &work->facts, err) ||
	    (what->additive && refuse_taken(&work->facts, wanted, err)) ||
	    net_lease_all(session, wanted, dry_run, &work->wanted, err))
		return -1;
	for (size_t i = 0; i < work->wanted->interface_count; i++)
		if (net_link_complete(session, &work->wanted->interfaces[i], err))
			return -1;
	request.wanted = work->wanted;
	if (plan_net_diff(&request, session->arena, &work->changes, err))
		return -1;
	work->after = what->edit ? work->wanted : record_after(work, what->additive);
	return refuse_overlaps(work->after, err);
}

static int carry_out(struct work *work, struct err *err)
{
	size_t done = 0;

	/* Should we be killed on the way, then this says what there may be. */
	if (net_session_save(&work->session,
			     net_merge(work->session.arena, work->session.recorded, work->after), err))
		return -1;
	for (; done < work->changes.count; done++)
		if (perform(&work->session, &work->changes.items[done], err)) {
			if (work->from_file)
				stamp(&work->changes.items[done], err);
			roll_back(work, done);
			return -1;
		}
	if (net_rules_apply(&work->session, work->after, false, NULL, err)) {
		roll_back(work, done);
		return -1;
	}
	return 0;
}

/* Done: the record and the leases are those of what is there now. */
static int settle(struct work *work, const struct spec_net *net, struct err *err)
{
	return net_lease_settle(&work->session, net, err) || net_session_save(&work->session, net, err) ? -1 : 0;
}

/* What is there and not recorded would be left behind. */
static void take_back(struct work *work)
{
	struct err failure = { 0 };

	if (net_rules_apply(&work->session, work->session.recorded, false, NULL, &failure))
		log_error(&failure);
	roll_back(work, work->changes.count);
}

static int apply(struct work *work, struct run_net_changes *changes, struct err *err)
{
	bool rules = false;

	if (net_rules_apply(&work->session, work->after, true, &rules, err))
		return -1;
	tell(work, rules, changes);
	if (changes->dry_run)
		return 0;
	if (changes->count && carry_out(work, err))
		return -1;
	/* A lease that a first configuration does not use was left by one that was killed: the end gives it back. */
	if ((work->first || net_lease_settle(&work->session, work->after, err) == 0) &&
	    net_session_save(&work->session, work->after, err) == 0)
		return 0;
	if (changes->count)
		take_back(work);
	return -1;
}

static int run(const struct run_net_target *target, const struct request *request,
	       struct run_net_changes *changes, struct err *err)
{
	struct work work = { .from_file = !request->additive && !request->edit };
	int ret = net_session_open(&work.session, target, !changes->dry_run, err);

	work.first = !work.session.saved;
	if (!ret)
		ret = prepare(&work, request, changes->dry_run, err) || apply(&work, changes, err)
			      ? -1
			      : 0;
	if (ret && !changes->dry_run && work.session.record >= 0) {
		struct err failure = { 0 };

		if (settle(&work, work.session.recorded, &failure))
			log_error(&failure);
	}
	net_session_close(&work.session);
	return ret;
}

int run_net_apply(const struct run_net_target *target, const struct spec_net *net,
		  struct run_net_changes *changes, struct err *err)
{
	return run(target, &(struct request){ .net = net }, changes, err);
}

int run_net_edit(const struct run_net_target *target, const struct run_net_edit *edit, struct err *err)
{
	struct run_net_changes changes = { 0 };

	return run(target, &(struct request){ .edit = edit }, &changes, err);
}

int run_net_add(const struct run_net_target *target, const struct spec_net *net, struct err *err)
{
	struct run_net_changes changes = { 0 };

	return run(target, &(struct request){ .net = net, .additive = true }, &changes, err);
}
