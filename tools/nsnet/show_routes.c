/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "common/rows.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "kern/route.h"
#include "nsnet/show.h"

static const struct rows_column columns[] = {
	{ "DESTINATION", "destination", ROWS_TEXT }, { "GATEWAY", "gateway", ROWS_TEXT },
	{ "INTERFACE", "interface", ROWS_TEXT },     { "SOURCE", "source", ROWS_TEXT },
	{ "METRIC", "metric", ROWS_NUMBER },	     { "TABLE", "table", ROWS_NUMBER },
	{ "PROTOCOL", "protocol", ROWS_TEXT },
};

static const char *protocol_name(unsigned char protocol, char buf[static 8])
{
	switch (protocol) {
	case RTPROT_KERNEL:
		return "kernel";
	case RTPROT_BOOT:
		return "boot";
	case RTPROT_STATIC:
		return "static";
	case RTPROT_RA:
		return "ra";
	case RTPROT_DHCP:
		return "dhcp";
	default:
		snprintf(buf, 8, "%u", protocol);
		return buf;
	}
}

static const char *interface_name(const struct kern_link_list *links, int index)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->items[i].index == index)
			return links->items[i].name;
	return NULL;
}

struct listing {
	struct kern_link_list links;
	struct kern_route_list routes;
};

static int read_all(struct kern_nl *nl, struct listing *listing, struct err *err)
{
	*listing = (struct listing){ 0 };
	return kern_link_list(nl, &listing->links, err) || kern_route_list(nl, &listing->routes, err) ? -1 : 0;
}

static void free_all(struct listing *listing)
{
	free(listing->links.items);
	free(listing->routes.items);
}

static void add_json(struct json *array, const struct listing *listing, const struct kern_route *route)
{
	struct json *object = json_add_object(array);
	char text[IP_TEXT_MAX], buf[8];

	json_set_string(object, "destination", ip_net_text(&route->destination, text, sizeof(text)));
	if (route->gateway.family)
		json_set_string(object, "gateway", ip_text(&route->gateway, text, sizeof(text)));
	json_set_string(object, "interface", interface_name(&listing->links, route->index));
	if (route->source.family)
		json_set_string(object, "source", ip_text(&route->source, text, sizeof(text)));
	json_set_u64(object, "metric", route->metric);
	json_set_u64(object, "table", route->table);
	if (route->mtu)
		json_set_u64(object, "mtu", route->mtu);
	if (route->on_link)
		json_set_bool(object, "onLink", true);
	json_set_string(object, "protocol", protocol_name(route->protocol, buf));
}

struct json *show_routes_json(struct kern_nl *nl, struct err *err)
{
	struct json *array = json_array();
	struct listing listing;

	if (read_all(nl, &listing, err)) {
		json_free(array);
		array = NULL;
	}
	for (size_t i = 0; array && i < listing.routes.count; i++)
		add_json(array, &listing, &listing.routes.items[i]);
	free_all(&listing);
	return array;
}

static void add_row(struct rows *rows, const struct listing *listing, const struct kern_route *route)
{
	char destination[IP_TEXT_MAX], gateway[IP_TEXT_MAX], source[IP_TEXT_MAX], metric[16], table[16], buf[8];

	snprintf(metric, sizeof(metric), "%u", route->metric);
	snprintf(table, sizeof(table), "%u", route->table);
	rows_add(rows, (const char *const[]){
			       ip_net_text(&route->destination, destination, sizeof(destination)),
			       route->gateway.family ? ip_text(&route->gateway, gateway, sizeof(gateway)) : NULL,
			       interface_name(&listing->links, route->index),
			       route->source.family ? ip_text(&route->source, source, sizeof(source)) : NULL, metric,
			       table, protocol_name(route->protocol, buf) });
}

int show_routes_table(struct kern_nl *nl, struct err *err)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };
	struct listing listing;
	int ret = read_all(nl, &listing, err);

	for (size_t i = 0; !ret && i < listing.routes.count; i++)
		add_row(&rows, &listing, &listing.routes.items[i]);
	free_all(&listing);
	if (!ret)
		rows_print(&rows);
	return ret;
}

int show_routes(int netns, bool json, struct err *err)
{
	struct kern_nl *nl = kern_nl_open_in(netns, err);
	struct json *array = nl && json ? show_routes_json(nl, err) : NULL;
	int ret = !nl || (json && !array) || (!json && show_routes_table(nl, err)) ? -1 : 0;

	if (array)
		rows_print_json(array, true);
	json_free(array);
	kern_nl_close(nl);
	return ret || rows_flush(err) ? -1 : 0;
}
