/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of an owner brought to what its configuration says: run/net_rules.h. */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "kern/nft.h"
#include "run/net.h"
#include "run/net_rules.h"
#include "run/net_rules_internal.h"
#include "state/net.h"

#define LOCK "table"

static void free_rules(struct kern_nft_rules **rules)
{
	kern_nft_rules_free(*rules);
}

#define auto_rules __attribute__((cleanup(free_rules)))

/* The rules here and those in the namespace, as they were and as they are to be. */
struct work {
	const struct run_net_target *target;
	struct kern_nft_scope host, inside;
	struct kern_nft_rules *before, *before_inside, *after, *after_inside;
};

static void end(struct work *work)
{
	kern_nft_rules_free(work->before);
	kern_nft_rules_free(work->before_inside);
	kern_nft_rules_free(work->after);
	kern_nft_rules_free(work->after_inside);
}

#define auto_work __attribute__((cleanup(end)))

static struct work begin(const struct run_net_target *target)
{
	return (struct work){ .target = target,
			      .host = { .netns = -1, .owner = target->owner },
			      .inside = { .netns = target->netns, .owner = target->owner },
			      .after = kern_nft_rules_new(),
			      .after_inside = kern_nft_rules_new() };
}

static bool has_inside(const struct work *work)
{
	return work->target->netns >= 0;
}

/*
 * One changes the tables at a time: who takes the last rule away takes the
 * table too. Behind the owner's and the bridge's lock.
 */
static int lock(struct err *err)
{
	return state_net_lock(STATE_NET_RULES, LOCK, true, err);
}

static void unlock(int *held)
{
	if (*held < 0)
		return;
	state_net_remove(STATE_NET_RULES, LOCK, &(struct err){ 0 });
	close_keep_errno(take_fd(held));
}

#define auto_unlock __attribute__((cleanup(unlock)))

/* ---- apply --------------------------------------------------------------------------------- */

static int set(const struct kern_nft_scope *scope, const struct kern_nft_rules *rules, bool dry_run,
	       bool *changed, struct err *err)
{
	struct kern_nft_change change = { .dry_run = dry_run };

	if (kern_nft_apply(scope, rules, &change, err))
		return -1;
	*changed = *changed || change.changed;
	return 0;
}

/* Back: a failure on the way is told. */
static void restore(const struct work *work)
{
	struct err failure = { 0 };
	bool ignored = false;

	if (has_inside(work) && set(&work->inside, work->before_inside, false, &ignored, &failure))
		log_error(&failure);
	failure = (struct err){ 0 };
	if (set(&work->host, work->before, false, &ignored, &failure))
		log_error(&failure);
}

static int read_before(struct work *work, struct err *err)
{
	if (kern_nft_read(&work->host, &work->before, err))
		return -1;
	return has_inside(work) ? kern_nft_read(&work->inside, &work->before_inside, err) : 0;
}

static int carry_out(struct work *work, const struct spec_net *net, bool *changed, struct err *err)
{
	bool limits;

	if (net_rules_prepare(net, err))
		return -1;
	if ((!has_inside(work) || set(&work->inside, work->after_inside, false, changed, err) == 0) &&
	    set(&work->host, work->after, false, changed, err) == 0 &&
	    net_limit_apply(work->target, net, false, &limits, err) == 0)
		return 0;
	restore(work);
	return -1;
}

static int tidy(const struct work *work, struct err *err)
{
	return kern_nft_tidy(-1, err) || (has_inside(work) && kern_nft_tidy(work->target->netns, err)) ? -1
												       : 0;
}

int run_net_rules_apply(const struct run_net_target *target, const struct spec_net *net, bool dry_run,
			bool *changed, struct err *err)
{
	auto_work struct work work = begin(target);
	auto_unlock int held = dry_run ? -1 : lock(err);
	bool differs = false;

	if ((!dry_run && held < 0) || net_rules_build(target, net, work.after, work.after_inside, err) ||
	    read_before(&work, err) || net_rules_check_ports(net, work.before, err) ||
	    net_limit_apply(target, net, true, &differs, err) ||
	    set(&work.host, work.after, true, &differs, err) ||
	    (has_inside(&work) && set(&work.inside, work.after_inside, true, &differs, err)))
		return -1;
	if (changed)
		*changed = differs;
	if (dry_run || !differs)
		return 0;
	return carry_out(&work, net, &differs, err) || tidy(&work, err) ? -1 : 0;
}

/* ---- remove --------------------------------------------------------------------------------- */

int run_net_rules_remove(const struct run_net_target *target, struct err *err)
{
	auto_work struct work work = begin(target);
	auto_unlock int held = lock(err);

	if (held < 0)
		return -1;
	return kern_nft_remove(&work.host, err) ||
			       (has_inside(&work) && kern_nft_remove(&work.inside, err)) ||
			       net_limit_remove(target, err)
		       ? -1
		       : 0;
}

/* ---- show ----------------------------------------------------------------------------------- */

struct json *run_net_rules_json(const struct run_net_target *target, struct err *err)
{
	auto_work struct work work = begin(target);
	struct json *json, *inside;
	struct json_at at, firewall;

	if (read_before(&work, err))
		return NULL;
	json = kern_nft_rules_json(work.before);
	if (!has_inside(&work))
		return json;
	inside = kern_nft_rules_json(work.before_inside);
	at = json_root(inside, "");
	firewall = json_member(&at, "firewall");
	if (firewall.node)
		json_set(json, "firewall", json_copy(firewall.node));
	json_free(inside);
	return json;
}

int run_net_rules_owners(int (*each)(const char *owner, void *data, struct err *err), void *data, struct err *err)
{
	return kern_nft_owners(-1, each, data, err);
}

/* ---- bridges -------------------------------------------------------------------------------- */

int run_net_rules_bridge(const char *bridge, const struct ip_net *addresses, size_t count, bool masquerade,
			 struct err *err)
{
	auto_free char *owner = memory_printf("bridge:%s", bridge);
	auto_rules struct kern_nft_rules *rules = kern_nft_rules_new();
	struct kern_nft_scope scope = { .netns = -1, .owner = owner };
	auto_unlock int held = lock(err);
	bool changed = false;

	if (held < 0)
		return -1;
	for (size_t i = 0; masquerade && i < count; i++)
		if (kern_nft_rules_masquerade(rules, NULL, bridge, &addresses[i], err) ||
		    net_rules_forward(addresses[i].address.family, err))
			return -1;
	return set(&scope, rules, false, &changed, err) || kern_nft_tidy(-1, err) ? -1 : 0;
}
