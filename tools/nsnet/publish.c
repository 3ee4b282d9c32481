/* SPDX-License-Identifier: GPL-2.0-or-later */
/* publish: ports of this host that lead to the target. */
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
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
#include "nsnet/port.h"
#include "spec/firewall.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"

struct publish_options {
	const char *interface;
	bool remove, list, json;
};

#define AT(member) offsetof(struct publish_options, member)

static const struct option_entry entries[] = {
	{ "interface", 'i', "NAME", "the target's interface (default: its first veth with an address)",
	  OPTION_TEXT, AT(interface), NULL },
	{ "remove", 0, NULL, "publish these ports no more", OPTION_FLAG, AT(remove), NULL },
	{ "list", 'l', NULL, "list what is published", OPTION_FLAG, AT(list), NULL },
	{ "json", 0, NULL, "list as JSON", OPTION_FLAG, AT(json), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* ---- add, remove ----------------------------------------------------------------- */

struct publication {
	const char *interface;
	bool remove;
	const struct spec_net_port *ports;
	size_t count;
};

static bool fits(const struct spec_net_interface *interface, const char *name)
{
	if (name)
		return interface->name && !strcmp(interface->name, name);
	return interface->type == SPEC_NET_VETH && interface->addresses.count;
}

static struct spec_net_interface *find_interface(struct spec_net *net, const char *name, struct err *err)
{
	for (size_t i = 0; i < net->interface_count; i++)
		if (fits(&net->interfaces[i], name))
			return &net->interfaces[i];
	err_set(err, ERR_STATE, "publish",
		name ? "nsnet has not made that interface" : "nsnet has made no veth with an address there");
	err_object(err, "%s", name ? name : "the target");
	err_hint(err, "nsnet add TARGET veth makes one; what it made are networks with --json of nsnet show");
	return NULL;
}

static int check_free(const struct spec_net *net, const struct spec_net_port *port, struct err *err)
{
	for (size_t i = 0; i < net->interface_count; i++)
		for (size_t j = 0; j < net->interfaces[i].port_count; j++)
			if (spec_net_ports_overlap(&net->interfaces[i].ports[j], port)) {
				err_set(err, ERR_STATE, "publish", "is published for this target already");
				return err_object(err, "port %u", port->host_port);
			}
	return 0;
}

static int add(struct arena *arena, struct spec_net *net, const struct publication *publication,
	       struct err *err)
{
	struct spec_net_interface *interface = find_interface(net, publication->interface, err);
	struct spec_net_port *ports;

	if (!interface)
		return -1;
	for (size_t i = 0; i < publication->count; i++)
		if (check_free(net, &publication->ports[i], err))
			return -1;
	ports = arena_array(arena, interface->port_count + publication->count, sizeof(*ports));
	if (interface->port_count)
		memcpy(ports, interface->ports, interface->port_count * sizeof(*ports));
	memcpy(ports + interface->port_count, publication->ports, publication->count * sizeof(*ports));
	interface->ports = ports;
	interface->port_count += publication->count;
	interface->hairpin = interface->hairpin || interface->bridge;
	return 0;
}

static bool same_port(const struct spec_net_port *a, const struct spec_net_port *b)
{
	return a->protocol == b->protocol && a->host_port == b->host_port && a->count == b->count &&
	       ip_equal(&a->host_address, &b->host_address);
}

/* From whichever interface has it. */
static int remove_one(struct spec_net *net, const char *name, const struct spec_net_port *port,
		      struct err *err)
{
	for (size_t i = 0; i < net->interface_count; i++) {
		struct spec_net_interface *interface = &net->interfaces[i];

		for (size_t j = 0; (!name || fits(interface, name)) && j < interface->port_count; j++) {
			if (!same_port(&interface->ports[j], port))
				continue;
			interface->port_count--;
			memmove(&interface->ports[j], &interface->ports[j + 1],
				(interface->port_count - j) * sizeof(*interface->ports));
			return 0;
		}
	}
	err_set(err, ERR_STATE, "publish", "is not published for this target");
	err_object(err, "port %u", port->host_port);
	return err_hint(err, "nsnet publish --list tells what is");
}

static int change(struct arena *arena, struct spec_net *net, void *data, struct err *err)
{
	const struct publication *publication = data;

	if (!publication->remove)
		return add(arena, net, publication, err);
	for (size_t i = 0; i < publication->count; i++)
		if (remove_one(net, publication->interface, &publication->ports[i], err))
			return -1;
	return 0;
}

/* The ports as the spec's reader has them, of an interface that only carries them. */
static struct spec *read_ports(const struct option_operands *operands, struct err *err)
{
	struct json *document = json_object(),
		    *interface = json_add_object(json_set_array(document, "networks"));
	struct json *ports = json_set_array(interface, "ports");

	for (int i = 1; i < operands->count; i++)
		if (port_describe(operands->items[i], json_add_object(ports), err)) {
			json_free(document);
			return NULL;
		}
	return nsnet_read_json(document, err);
}

static int publish(const struct nsnet_target *target, const struct option_operands *operands,
		   const struct publish_options *options, struct err *err)
{
	struct publication publication = { .interface = options->interface, .remove = options->remove };
	struct spec *spec = read_ports(operands, err);
	int ret;

	if (!spec)
		return -1;
	publication.ports = spec->own.net->interfaces[0].ports;
	publication.count = spec->own.net->interfaces[0].port_count;
	ret = run_net_edit(&target->run, &(struct run_net_edit){ change, &publication }, err);
	spec_free(spec);
	return ret;
}

/* ---- list -------------------------------------------------------------------------- */

static const struct rows_column columns[] = {
	{ "INTERFACE", "interface", ROWS_TEXT }, { "PROTOCOL", "protocol", ROWS_TEXT },
	{ "HOST", "hostAddress", ROWS_TEXT },    { "HOST-PORT", "hostPort", ROWS_NUMBER },
	{ "PORT", "port", ROWS_NUMBER },         { "COUNT", "count", ROWS_NUMBER },
};

static void add_row(struct rows *rows, const char *interface, const struct spec_net_port *port)
{
	char host[IP_TEXT_MAX], from[8], to[8], count[8];

	snprintf(from, sizeof(from), "%u", port->host_port);
	snprintf(to, sizeof(to), "%u", port->port);
	snprintf(count, sizeof(count), "%u", port->count);
	rows_add(rows, (const char *const[]){ interface, port_protocol(port->protocol),
					      port->host_address.family
						      ? ip_text(&port->host_address, host, sizeof(host))
						      : NULL,
					      from, to, count });
}

static int list(const struct nsnet_target *target, const struct publish_options *options, struct err *err)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };
	struct spec *spec;
	struct json *json;

	if (run_net_recorded(&target->run, &spec, err))
		return -1;
	for (size_t i = 0; spec && i < spec->own.net->interface_count; i++) {
		const struct spec_net_interface *interface = &spec->own.net->interfaces[i];

		for (size_t j = 0; (!options->interface || fits(interface, options->interface)) &&
				   j < interface->port_count;
		     j++)
			add_row(&rows, interface->name, &interface->ports[j]);
	}
	spec_free(spec);
	json = options->json ? rows_json(&rows) : NULL;
	if (json)
		rows_print_json(json, true);
	else
		rows_print(&rows);
	json_free(json);
	return rows_flush(err);
}

static int check(const struct publish_options *options, int operands, struct err *err)
{
	if (options->list && (options->remove || operands > 1))
		return err_set(err, ERR_USAGE, "", "--list takes a TARGET alone");
	if (options->json && !options->list)
		return err_set(err, ERR_USAGE, "", "--json is for --list");
	if (!options->list && operands == 1)
		return err_set(err, ERR_USAGE, "", "no port given (or --list)");
	return 0;
}

static int publish_command(struct command_call *call, struct err *err)
{
	struct publish_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };

	if (read)
		return read < 0 ? -1 : 0;
	if (check(&options, operands.count, err) ||
	    nsnet_target_open(call, operands.items[0], 0, &target, err))
		return -1;
	return options.list ? list(&target, &options, err) : publish(&target, &operands, &options, err);
}

const struct command nsnet_publish = {
	.name = "publish",
	.synopsis = "[OPTIONS] TARGET [PORT...]",
	.summary = "hand on ports of this host to the target",
	.details = "PORT is [ADDRESS:]HOSTPORT[-LAST][:PORT][/PROTOCOL]: 8080:80, 127.0.0.1:53:53/udp,\n"
		   "[::1]:8080:80, 9000-9010. PROTOCOL is tcp (the default), udp or sctp.",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = publish_command,
};
