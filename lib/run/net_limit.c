/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "limit" of an interface. A veth's is set at the host's end, out of the
 * container's reach: what the container receives is what that end sends. Of
 * what has no end here it is set in the namespace.
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/memory.h"
#include "kern/link_info.h"
#include "kern/link_make.h"
#include "kern/nl.h"
#include "kern/qdisc.h"
#include "spec/net.h"
#include "run/net.h"
#include "run/net_rules_internal.h"

#define TAG "nsnet-limit %s %s" /* an ifb's alias: owner, interface */

struct limits {
	const struct run_net_target *target;
	const struct spec_net *net;
	struct kern_nl *host, *inside; /* inside: NULL when the namespace is gone */
	bool dry_run, changed;
};

static int begin(struct limits *limits, struct err *err)
{
	limits->host = kern_nl_open(err);
	if (!limits->host)
		return -1;
	if (limits->target->netns >= 0)
		limits->inside = kern_nl_open_in(limits->target->netns, err);
	return limits->target->netns >= 0 && !limits->inside ? -1 : 0;
}

static void end(struct limits *limits)
{
	kern_nl_close(limits->host);
	kern_nl_close(limits->inside);
}

static bool is_limited(const struct spec_net_interface *interface)
{
	return interface->limit.rx || interface->limit.tx;
}

static int set_one(struct limits *limits, const struct spec_net_interface *interface, const char *tag,
		   struct err *err)
{
	bool veth = interface->type == SPEC_NET_VETH;
	struct kern_qdisc_limit limit = { .send = veth ? interface->limit.rx : interface->limit.tx,
					  .receive = veth ? interface->limit.tx : interface->limit.rx,
					  .burst = interface->limit.burst };
	struct kern_qdisc_link link = { .nl = veth ? limits->host : limits->inside,
					.name = veth ? interface->host_name : interface->name,
					.tag = tag };
	struct kern_link_info info;
	int found = link.nl && link.name ? kern_link_find(link.nl, link.name, &info, err) : 0;

	if (found <= 0) {
		/* not made yet: this is a question, what would be */
		limits->changed = limits->changed || is_limited(interface);
		return found;
	}
	link.index = info.index;
	found = kern_qdisc_check(&link, &limit, err);
	if (found)
		return found < 0 ? -1 : 0;
	limits->changed = true;
	return limits->dry_run ? 0 : kern_qdisc_limit(&link, &limit, err);
}

static bool is_wanted(const struct limits *limits, const char *alias)
{
	char tag[256];

	for (size_t i = 0; limits->net && i < limits->net->interface_count; i++) {
		if (!is_limited(&limits->net->interfaces[i]))
			continue;
		snprintf(tag, sizeof(tag), TAG, limits->target->owner, limits->net->interfaces[i].name);
		if (!strcmp(tag, alias))
			return true;
	}
	return false;
}

/* Devices of this owner whose interface has no limit any more, or is gone. */
static int forget(struct limits *limits, struct kern_nl *nl, struct err *err)
{
	struct kern_link_list list = { 0 };
	char prefix[256];
	int ret = nl ? kern_link_list(nl, &list, err) : 0;

	snprintf(prefix, sizeof(prefix), TAG, limits->target->owner, "");
	for (size_t i = 0; !ret && i < list.count; i++) {
		const struct kern_link_info *info = &list.items[i];

		if (strcmp(info->kind, "ifb") != 0 || strncmp(info->alias, prefix, strlen(prefix)) != 0 ||
		    is_wanted(limits, info->alias))
			continue;
		limits->changed = true;
		if (!limits->dry_run)
			ret = kern_link_delete(nl, info->index, info->name, err);
	}
	free(list.items);
	return ret;
}

static int apply(struct limits *limits, struct err *err)
{
	char tag[256];

	for (size_t i = 0; i < limits->net->interface_count; i++) {
		snprintf(tag, sizeof(tag), TAG, limits->target->owner, limits->net->interfaces[i].name);
		if (set_one(limits, &limits->net->interfaces[i], tag, err))
			return -1;
	}
	return 0;
}

int net_limit_apply(const struct run_net_target *target, const struct spec_net *net, bool dry_run,
		    bool *changed, struct err *err)
{
	struct limits limits = { .target = target, .net = net, .dry_run = dry_run };
	int ret = begin(&limits, err) || apply(&limits, err) || forget(&limits, limits.host, err) ||
				  forget(&limits, limits.inside, err)
			  ? -1
			  : 0;

	end(&limits);
	*changed = limits.changed;
	return ret;
}

int net_limit_remove(const struct run_net_target *target, struct err *err)
{
	struct limits limits = { .target = target };
	int ret = begin(&limits, err) || forget(&limits, limits.host, err) ||
				  forget(&limits, limits.inside, err)
			  ? -1
			  : 0;

	end(&limits);
	return ret;
}
