/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "run/net_rules.h"
#include "nsnet/nsnet.h"
#include "nsnet/show.h"
#include "spec/names.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"

struct show_options {
	bool json;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "as JSON, with traffic, neighbours and rules", OPTION_FLAG,
	  offsetof(struct show_options, json), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "NAME", "name", ROWS_TEXT },     { "TYPE", "type", ROWS_TEXT },
	{ "STATE", "state", ROWS_TEXT },   { "MTU", "mtu", ROWS_NUMBER },
	{ "MAC", "mac", ROWS_TEXT },       { "PEER", "peer", ROWS_TEXT },
	{ "RX BYTES", "rx", ROWS_NUMBER }, { "TX BYTES", "tx", ROWS_NUMBER },
	{ "NEIGHBOURS", "neighbours", ROWS_NUMBER },
	{ "ADDRESSES", "addresses", ROWS_TEXT },
};

struct picture {
	struct kern_nl *host, *inside;
	struct kern_link_list links;
	struct kern_address_list addresses;
	unsigned *neighbours;
	size_t room;	   /* of neighbours, by index */
	struct spec *made; /* the record, or NULL */
};

/* What is at the other end, or below. Only what is in the caller's namespace can be named. */
struct peer {
	char name[IFNAMSIZ], bridge[IFNAMSIZ];
	bool hairpin, isolated;
};

static int find_peer(const struct picture *picture, const struct kern_link_info *link, struct peer *peer,
		     struct err *err)
{
	struct kern_link_info info, bridge;
	int found;

	*peer = (struct peer){ 0 };
	if (!link->link || link->link_namespace < 0)
		return 0;
	found = kern_link_get(picture->host, link->link, &info, err);
	if (found <= 0 || (!strcmp(link->kind, "veth") && info.link != link->index))
		return found < 0 ? -1 : 0;
	memcpy(peer->name, info.name, sizeof(peer->name));
	peer->hairpin = info.hairpin;
	peer->isolated = info.isolated;
	found = info.master ? kern_link_get(picture->host, info.master, &bridge, err) : 0;
	if (found > 0)
		memcpy(peer->bridge, bridge.name, sizeof(peer->bridge));
	return found < 0 ? -1 : 0;
}

static const char *kind_of(const struct kern_link_info *link)
{
	return *link->kind ? link->kind : link->flags & IFF_LOOPBACK ? "loopback" : "phys";
}

static const char *state_of(const struct kern_link_info *link)
{
	return !(link->flags & IFF_UP) ? "down" : link->carrier ? "up" : "no carrier";
}

static void mac_text(const struct kern_link_info *link, char buf[static 18])
{
	const unsigned char *mac = link->mac;

	snprintf(buf, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static unsigned neighbours(const struct picture *picture, const struct kern_link_info *link)
{
	return (size_t)link->index < picture->room ? picture->neighbours[link->index] : 0;
}

/* ---- text ---------------------------------------------------------------------- */

static void add_row(const struct picture *picture, const struct kern_link_info *link, const struct peer *peer,
		    struct rows *rows)
{
	auto_strbuf struct strbuf addresses = { 0 }, other = { 0 };
	char mtu[16], mac[18], rx[24], tx[24], count[16], text[IP_TEXT_MAX];

	for (size_t i = 0; i < picture->addresses.count; i++)
		if (picture->addresses.items[i].index == link->index)
			strbuf_printf(&addresses, "%s%s", addresses.len ? " " : "",
				      ip_net_text(&picture->addresses.items[i].net, text, sizeof(text)));
	if (*peer->name)
		strbuf_printf(&other, "%s%s%s", peer->name, *peer->bridge ? " on " : "", peer->bridge);
	snprintf(mtu, sizeof(mtu), "%u", link->mtu);
	snprintf(rx, sizeof(rx), "%llu", (unsigned long long)link->rx_bytes);
	snprintf(tx, sizeof(tx), "%llu", (unsigned long long)link->tx_bytes);
	snprintf(count, sizeof(count), "%u", neighbours(picture, link));
	mac_text(link, mac);
	rows_add(rows, (const char *const[]){ link->name, kind_of(link), state_of(link), mtu,
					      link->has_mac ? mac : NULL, other.text, rx, tx, count,
					      addresses.text });
}

static int print_table(const struct picture *picture, struct err *err)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };
	struct peer peer;

	for (size_t i = 0; i < picture->links.count; i++) {
		if (find_peer(picture, &picture->links.items[i], &peer, err))
			return -1;
		add_row(picture, &picture->links.items[i], &peer, &rows);
	}
	rows_print(&rows);
	putchar('\n');
	return show_routes_table(picture->inside, err);
}

/* ---- JSON ---------------------------------------------------------------------- */

static bool is_made(const struct picture *picture, const char *name)
{
	const struct spec_net *net = picture->made ? picture->made->own.net : NULL;

	for (size_t i = 0; net && i < net->interface_count; i++)
		if (net->interfaces[i].name && !strcmp(net->interfaces[i].name, name))
			return true;
	return false;
}

static void add_peer(struct json *object, const struct peer *peer)
{
	if (!*peer->name)
		return;
	json_set_string(object, "peer", peer->name);
	if (!*peer->bridge)
		return;
	json_set_string(object, "bridge", peer->bridge);
	json_set_bool(object, "hairpin", peer->hairpin);
	json_set_bool(object, "isolated", peer->isolated);
}

static void add_traffic(struct json *object, const struct kern_link_info *link)
{
	struct json *traffic = json_set_object(object, "traffic");

	json_set_u64(traffic, "rxBytes", link->rx_bytes);
	json_set_u64(traffic, "rxPackets", link->rx_packets);
	json_set_u64(traffic, "rxErrors", link->rx_errors);
	json_set_u64(traffic, "rxDropped", link->rx_dropped);
	json_set_u64(traffic, "txBytes", link->tx_bytes);
	json_set_u64(traffic, "txPackets", link->tx_packets);
	json_set_u64(traffic, "txErrors", link->tx_errors);
	json_set_u64(traffic, "txDropped", link->tx_dropped);
}

static void add_mode(struct json *object, const struct kern_link_info *link)
{
	if (link->vlan)
		json_set_u64(object, "vlan", link->vlan);
	if (!strcmp(link->kind, "macvlan"))
		json_set_string(object, "mode", spec_names_of(&spec_names_macvlan_mode, link->mode));
	if (!strcmp(link->kind, "ipvlan"))
		json_set_string(object, "mode", spec_names_of(&spec_names_ipvlan_mode, link->mode));
}

static void add_link(const struct picture *picture, const struct kern_link_info *link, const struct peer *peer,
		     struct json *array)
{
	struct json *object = json_add_object(array), *addresses;
	char mac[18], text[IP_TEXT_MAX];

	json_set_string(object, "name", link->name);
	json_set_string(object, "type", kind_of(link));
	json_set_u64(object, "index", (uint64_t)link->index);
	json_set_string(object, "state", state_of(link));
	json_set_u64(object, "mtu", link->mtu);
	json_set_u64(object, "txQueueLength", link->tx_queue_length);
	mac_text(link, mac);
	json_set_string(object, "mac", link->has_mac ? mac : NULL);
	add_mode(object, link);
	add_peer(object, peer);
	addresses = json_set_array(object, "addresses");
	for (size_t i = 0; i < picture->addresses.count; i++)
		if (picture->addresses.items[i].index == link->index)
			json_add_string(addresses,
					ip_net_text(&picture->addresses.items[i].net, text, sizeof(text)));
	json_set_u64(object, "neighbours", neighbours(picture, link));
	json_set_bool(object, "made", is_made(picture, link->name));
	add_traffic(object, link);
}

static int print_json(const struct nsnet_target *target, const struct picture *picture, struct err *err)
{
	struct json *root = json_object(), *links, *routes, *rules;
	struct peer peer;
	int ret = 0;

	json_set_string(root, "owner", target->owner);
	links = json_set_array(root, "interfaces");
	for (size_t i = 0; !ret && i < picture->links.count; i++) {
		ret = find_peer(picture, &picture->links.items[i], &peer, err);
		add_link(picture, &picture->links.items[i], &peer, links);
	}
	routes = ret ? NULL : show_routes_json(picture->inside, err);
	rules = routes ? run_net_rules_json(&target->run, err) : NULL;
	if (routes)
		json_set(root, "routes", routes);
	if (rules)
		json_set(root, "rules", rules);
	if (rules)
		rows_print_json(root, true);
	json_free(root);
	return rules ? 0 : -1;
}

/* ---- both ---------------------------------------------------------------------- */

static int look(const struct nsnet_target *target, struct picture *picture, struct err *err)
{
	picture->host = kern_nl_open(err);
	picture->inside = picture->host ? kern_nl_open_in(target->run.netns, err) : NULL;
	if (!picture->inside || kern_link_list(picture->inside, &picture->links, err) ||
	    kern_address_list(picture->inside, 0, &picture->addresses, err))
		return -1;
	for (size_t i = 0; i < picture->links.count; i++)
		if ((size_t)picture->links.items[i].index >= picture->room)
			picture->room = (size_t)picture->links.items[i].index + 1;
	picture->neighbours = calloc(picture->room + 1, sizeof(*picture->neighbours));
	return picture->neighbours ? kern_neighbour_count(picture->inside, picture->neighbours, picture->room, err)
				   : err_system(err, "allocate", "neighbours");
}

static void free_picture(struct picture *picture)
{
	kern_nl_close(picture->host);
	kern_nl_close(picture->inside);
	free(picture->links.items);
	free(picture->addresses.items);
	free(picture->neighbours);
	spec_free(picture->made);
}

static int show_command(struct command_call *call, struct err *err)
{
	struct show_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };
	struct picture picture = { 0 };

	if (read)
		return read < 0 ? -1 : 0;
	if (nsnet_target_open(call, operands.items[0], 0, &target, err))
		return -1;
	ret = run_net_recorded(&target.run, &picture.made, err) || look(&target, &picture, err) ? -1 : 0;
	if (!ret)
		ret = options.json ? print_json(&target, &picture, err) : print_table(&picture, err);
	free_picture(&picture);
	return ret || rows_flush(err) ? -1 : 0;
}

const struct command nsnet_show = {
	.name = "show",
	.synopsis = "[OPTIONS] TARGET",
	.summary = "show interfaces, addresses, routes and rules",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = show_command,
};
