/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge create, delete, list: on the host, which is the namespace that nsnet runs in. */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "run/net_rules.h"
#include "spec/check.h"

struct bridge_options {
	struct option_texts addresses;
	uint32_t mtu;
	bool masquerade, force, json;
};

#define AT(member) offsetof(struct bridge_options, member)

static const struct option_entry entries[] = {
	{ "address", 'a', "ADDRESS/PREFIX", "create: an address of the bridge; once for each", OPTION_TEXTS,
	  AT(addresses), NULL },
	{ "mtu", 0, "BYTES", "create: the largest packet", OPTION_UNSIGNED, AT(mtu), NULL },
	{ "masquerade", 0, NULL, "create: what leaves the bridge's networks leaves with the host's address",
	  OPTION_FLAG, AT(masquerade), NULL },
	{ "force", 'f', NULL, "delete: although interfaces are plugged into it", OPTION_FLAG, AT(force), NULL },
	{ "json", 0, NULL, "list: as JSON", OPTION_FLAG, AT(json), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "NAME", "name", ROWS_TEXT },
	{ "STATE", "state", ROWS_TEXT },
	{ "MTU", "mtu", ROWS_NUMBER },
	{ "ADDRESSES", "addresses", ROWS_TEXT },
	{ "PORTS", "ports", ROWS_TEXT },
};

/* ---- create, delete ------------------------------------------------------------ */

static int parse_address(const char *text, struct ip_net *net, struct err *err)
{
	struct ip base, last;

	if (ip_net_parse(text, net) || ip_is_any(&net->address) || ip_is_multicast(&net->address) ||
	    !strchr(text, '/')) {
		err_set(err, ERR_USAGE, "--address",
			"expected an address with a prefix (\"10.0.0.1/24\", \"fd00::1/64\")");
		return err_object(err, "%s", text);
	}
	base = ip_net_base(net);
	last = ip_net_last(net);
	if (net->prefix + 1u < ip_bits(&net->address) &&
	    (ip_equal(&base, &net->address) || (ip_bits(&base) == 32 && ip_equal(&last, &net->address)))) {
		err_set(err, ERR_USAGE, "--address", "is its network's own or broadcast address");
		return err_object(err, "%s", text);
	}
	return 0;
}

static int create(const char *name, const struct bridge_options *options, struct err *err)
{
	auto_free struct ip_net *addresses = memory_zalloc(options->addresses.count + 1, sizeof(*addresses));
	struct run_net_bridge bridge = { .name = name, .addresses = addresses, .mtu = options->mtu };

	for (; bridge.address_count < options->addresses.count; bridge.address_count++)
		if (parse_address(options->addresses.items[bridge.address_count], &addresses[bridge.address_count],
				  err))
			return -1;
	if (options->masquerade && !bridge.address_count)
		return err_set(err, ERR_USAGE, "--masquerade",
			       "needs an --address: its network is what is masqueraded");
	if (run_net_bridge_create(&bridge, err))
		return -1;
	if (!options->masquerade ||
	    run_net_rules_bridge(name, addresses, bridge.address_count, true, err) == 0)
		return 0;
	run_net_bridge_delete(name, true, &(struct err){ 0 });
	return -1;
}

static int delete(const char *name, bool force, struct err *err)
{
	return run_net_bridge_delete(name, force, err) || run_net_rules_bridge(name, NULL, 0, false, err) ? -1 : 0;
}

/* ---- list ---------------------------------------------------------------------- */

struct host {
	struct kern_link_list links;
	struct kern_address_list addresses;
};

static void print_one(const struct host *host, const struct kern_link_info *bridge, struct rows *rows,
		      struct json *json)
{
	struct json *object = json ? json_add_object(json) : NULL, *addresses = NULL, *ports = NULL;
	auto_strbuf struct strbuf address_text = { 0 }, port_text = { 0 };
	char text[IP_TEXT_MAX], mtu[16];
	const char *state = bridge->flags & IFF_UP ? "up" : "down";

	if (object) {
		json_set_string(object, "name", bridge->name);
		json_set_string(object, "state", state);
		json_set_u64(object, "mtu", bridge->mtu);
		addresses = json_set_array(object, "addresses");
		ports = json_set_array(object, "ports");
	}
	for (size_t i = 0; i < host->addresses.count; i++) {
		if (host->addresses.items[i].index != bridge->index)
			continue;
		ip_net_text(&host->addresses.items[i].net, text, sizeof(text));
		strbuf_printf(&address_text, "%s%s", address_text.len ? " " : "", text);
		if (addresses)
			json_add_string(addresses, text);
	}
	for (size_t i = 0; i < host->links.count; i++) {
		if (host->links.items[i].master != bridge->index)
			continue;
		strbuf_printf(&port_text, "%s%s", port_text.len ? " " : "", host->links.items[i].name);
		if (ports)
			json_add_string(ports, host->links.items[i].name);
	}
	snprintf(mtu, sizeof(mtu), "%u", bridge->mtu);
	rows_add(rows, (const char *const[]){ bridge->name, state, mtu, address_text.text, port_text.text });
}

static int list(bool as_json, struct err *err)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };
	struct json *json = as_json ? json_array() : NULL;
	struct kern_nl *nl = kern_nl_open(err);
	struct host host = { 0 };
	int ret = !nl || kern_link_list(nl, &host.links, err) || kern_address_list(nl, 0, &host.addresses, err)
			  ? -1
			  : 0;

	for (size_t i = 0; !ret && i < host.links.count; i++)
		if (!strcmp(host.links.items[i].kind, "bridge"))
			print_one(&host, &host.links.items[i], &rows, json);
	if (!ret && json)
		rows_print_json(json, true);
	else if (!ret)
		rows_print(&rows);
	json_free(json);
	kern_nl_close(nl);
	free(host.links.items);
	free(host.addresses.items);
	return ret || rows_flush(err) ? -1 : 0;
}

static int run(const struct option_operands *operands, const struct bridge_options *options, struct err *err)
{
	const char *verb = operands->items[0], *name = operands->count > 1 ? operands->items[1] : NULL;
	bool creates = !strcmp(verb, "create"), deletes = !strcmp(verb, "delete"), lists = !strcmp(verb, "list");

	if (!creates && !deletes && !lists) {
		err_set(err, ERR_USAGE, "", "expected create, delete or list");
		return err_object(err, "%s", verb);
	}
	if (lists == (name != NULL))
		return err_set(err, ERR_USAGE, "", lists ? "bridge list takes no name" : "no name for the bridge");
	if ((options->json && !lists) || (options->force && !deletes) ||
	    ((options->addresses.count || options->mtu || options->masquerade) && !creates))
		return err_set(err, ERR_USAGE, "",
			       "an option is not for bridge %s (--help says which is for what)", verb);
	if (!name)
		return list(options->json, err);
	if (!spec_interface_is_valid(name)) {
		err_set(err, ERR_USAGE, "bridge",
			"expected the name of an interface (1 to 15 characters, no \"/\", \":\", \"%%\" or space)");
		return err_object(err, "%s", name);
	}
	return creates ? create(name, options, err) : delete(name, options->force, err);
}

static int bridge_command(struct command_call *call, struct err *err)
{
	struct bridge_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);

	if (read == 0)
		read = run(&operands, &options, err);
	option_texts_free(&options.addresses);
	return read < 0 ? -1 : 0;
}

const struct command nsnet_bridge = {
	.name = "bridge",
	.synopsis = "[OPTIONS] create|delete|list [NAME]",
	.summary = "make, remove or list bridges of the host",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 2,
	.run = bridge_command,
};
