/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route add, del, list. */
#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/number.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "nsnet/show.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"

struct route_options {
	const char *gateway, *source, *interface;
	uint32_t metric, table, mtu;
	bool on_link, json;
};

#define AT(member) offsetof(struct route_options, member)

static const struct option_entry entries[] = {
	{ "gateway", 'g', "ADDRESS", "the next hop", OPTION_TEXT, AT(gateway), NULL },
	{ "interface", 'i', "NAME", "the interface (default: found by the gateway)", OPTION_TEXT, AT(interface),
	  NULL },
	{ "source", 's', "ADDRESS", "the address that packets are sent from", OPTION_TEXT, AT(source), NULL },
	{ "metric", 'm', "NUMBER", "the lower one is preferred", OPTION_UNSIGNED, AT(metric), NULL },
	{ "table", 't', "NUMBER", "the routing table (default: main, 254)", OPTION_UNSIGNED, AT(table), NULL },
	{ "mtu", 0, "BYTES", "the largest packet on this way", OPTION_UNSIGNED, AT(mtu), NULL },
	{ "on-link", 0, NULL, "the gateway is reached although no route leads to it", OPTION_FLAG, AT(on_link),
	  NULL },
	{ "json", 0, NULL, "list: as JSON", OPTION_FLAG, AT(json), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static void set_number(struct json *object, const char *key, uint32_t value)
{
	if (value)
		json_set_u64(object, key, value);
}

static struct spec *describe(const char *destination, const struct route_options *options, struct err *err)
{
	struct json *document = json_object(), *route = json_add_object(json_set_array(document, "routes"));

	json_set_string(route, "destination", destination);
	json_set_string(route, "gateway", options->gateway);
	json_set_string(route, "source", options->source);
	json_set_string(route, "interface", options->interface);
	set_number(route, "metric", options->metric);
	set_number(route, "table", options->table);
	set_number(route, "mtu", options->mtu);
	if (options->on_link)
		json_set_bool(route, "onLink", true);
	return nsnet_read_json(document, err);
}

/* The family of "default" that is deleted is told by its gateway; without one both would be meant. */
static int change(const struct nsnet_target *target, bool add, const char *destination,
		  const struct route_options *options, struct err *err)
{
	struct route_options whole = *options;
	struct spec *spec;
	int ret;

	/* The reader wants to know where a route leads; to delete one its destination is enough. */
	if (!add && !whole.gateway && !whole.interface)
		whole.interface = "lo";
	spec = describe(destination, &whole, err);
	if (!spec)
		return -1;
	if (!add && whole.interface && !options->interface)
		spec->own.net->routes[0].interface = NULL;
	ret = add ? run_net_add(&target->run, spec->own.net, err)
		  : run_net_route_delete(&target->run, spec->own.net, err);
	spec_free(spec);
	return ret;
}

static int list(const struct nsnet_target *target, bool json, struct err *err)
{
	return show_routes(target->run.netns, json, err);
}

static int run(const struct nsnet_target *target, const struct option_operands *operands,
	       const struct route_options *options, struct err *err)
{
	const char *verb = operands->items[0];

	if (!strcmp(verb, "list")) {
		if (operands->count == 2)
			return list(target, options->json, err);
		return err_set(err, ERR_USAGE, "", "route list takes a TARGET alone");
	}
	if (operands->count != 3)
		return err_set(err, ERR_USAGE, "", "route %s needs a TARGET and a destination", verb);
	if (options->json)
		return err_set(err, ERR_USAGE, "", "--json is for route list");
	return change(target, !strcmp(verb, "add"), operands->items[2], options, err);
}

static int route_command(struct command_call *call, struct err *err)
{
	struct route_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };

	if (read)
		return read < 0 ? -1 : 0;
	if (strcmp(operands.items[0], "add") && strcmp(operands.items[0], "del") && strcmp(operands.items[0], "list")) {
		err_set(err, ERR_USAGE, "", "expected add, del or list");
		return err_object(err, "%s", operands.items[0]);
	}
	if (nsnet_target_open(call, operands.items[1], 0, &target, err))
		return -1;
	return run(&target, &operands, &options, err);
}

const struct command nsnet_route = {
	.name = "route",
	.synopsis = "[OPTIONS] add|del|list TARGET [DESTINATION]",
	.summary = "add, delete or list routes",
	.details = "DESTINATION is a network (10.1.0.0/16, fd00:1::/32) or \"default\".",
	.tables = tables,
	.min_operands = 2,
	.max_operands = 3,
	.run = route_command,
};
