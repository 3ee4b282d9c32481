/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result of ADD, in the form of the configuration's version; and CHECK's look at what it says. */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "common/rows.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "kern/route.h"
#include "nsnet/cni.h"
#include "spec/net.h"

struct printer {
	struct cni *cni;
	struct kern_nl *host, *inside;
	struct json *result, *interfaces; /* interfaces: NULL before 0.3.0 */
	size_t index;                     /* of the container's interface */
	bool since_1_0, since_1_1;
};

static const char *mac_text(const struct kern_link_info *info, char buf[18])
{
	snprintf(buf, 18, "%02x:%02x:%02x:%02x:%02x:%02x", info->mac[0], info->mac[1], info->mac[2],
		 info->mac[3], info->mac[4], info->mac[5]);
	return info->has_mac ? buf : NULL;
}

/* sandbox NULL: one of the host's. */
static int add_interface(struct printer *printer, const char *name, const char *sandbox, struct err *err)
{
	struct kern_link_info info;
	struct json *object;
	char mac[18];
	int found = name ? kern_link_find(sandbox ? printer->inside : printer->host, name, &info, err) : 0;

	if (found <= 0 || !printer->interfaces)
		return found < 0 ? -1 : 0;
	object = json_add_object(printer->interfaces);
	json_set_string(object, "name", info.name);
	json_set_string(object, "mac", mac_text(&info, mac));
	if (printer->since_1_1)
		json_set_u64(object, "mtu", info.mtu);
	json_set_string(object, "sandbox", sandbox);
	printer->index += !sandbox;
	return 0;
}

static const struct ip *gateway_of(const struct spec_net_interface *interface, int family)
{
	for (size_t i = 0; i < interface->gateway_count; i++)
		if (interface->gateways[i].family == family)
			return &interface->gateways[i];
	return NULL;
}

static void add_ips(const struct printer *printer, const struct spec_net_interface *interface)
{
	struct json *ips = json_set_array(printer->result, "ips");
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < interface->addresses.count; i++) {
		const struct ip_net *net = &interface->addresses.items[i];
		const struct ip *gateway = gateway_of(interface, net->address.family);
		struct json *object = json_add_object(ips);

		if (!printer->since_1_0)
			json_set_string(object, "version", net->address.family == AF_INET ? "4" : "6");
		json_set_u64(object, "interface", printer->index);
		json_set_string(object, "address", ip_net_text(net, text, sizeof(text)));
		if (gateway)
			json_set_string(object, "gateway", ip_text(gateway, text, sizeof(text)));
	}
}

static void add_route(const struct printer *printer, struct json *routes, const struct spec_net_route *route)
{
	struct json *object = json_add_object(routes);
	char text[IP_TEXT_MAX];

	json_set_string(object, "dst", ip_net_text(&route->destination, text, sizeof(text)));
	if (route->gateway.family)
		json_set_string(object, "gw", ip_text(&route->gateway, text, sizeof(text)));
	if (printer->since_1_1 && route->mtu)
		json_set_u64(object, "mtu", route->mtu);
	if (printer->since_1_1 && route->metric)
		json_set_u64(object, "priority", route->metric);
	if (printer->since_1_1 && route->table)
		json_set_u64(object, "table", route->table);
}

/* family 0: of both. */
static void add_routes(const struct printer *printer, struct json *into, const struct spec_net *net,
		       int family)
{
	struct json *routes = json_set_array(into, "routes");
	const struct spec_net_interface *interface = &net->interfaces[0];

	for (size_t i = 0; i < interface->gateway_count; i++) {
		struct spec_net_route route = { .gateway = interface->gateways[i] };

		route.destination.address.family = route.gateway.family;
		if (!family || route.gateway.family == family)
			add_route(printer, routes, &route);
	}
	for (size_t i = 0; i < net->route_count; i++)
		if (!family || net->routes[i].destination.address.family == family)
			add_route(printer, routes, &net->routes[i]);
}

/* Before 0.3.0 there is one address of each family, and no interface. */
static void add_old_ips(const struct printer *printer, const struct spec_net *net)
{
	static const struct {
		int family;
		const char *key;
	} both[] = { { AF_INET, "ip4" }, { AF_INET6, "ip6" } };
	const struct spec_net_interface *interface = &net->interfaces[0];
	char text[IP_TEXT_MAX];

	for (size_t n = 0; n < ARRAY_SIZE(both); n++)
		for (size_t i = 0; i < interface->addresses.count; i++) {
			const struct ip_net *address = &interface->addresses.items[i];
			const struct ip *gateway = gateway_of(interface, both[n].family);
			struct json *object;

			if (address->address.family != both[n].family)
				continue;
			object = json_set_object(printer->result, both[n].key);
			json_set_string(object, "ip", ip_net_text(address, text, sizeof(text)));
			if (gateway)
				json_set_string(object, "gateway", ip_text(gateway, text, sizeof(text)));
			add_routes(printer, object, net, both[n].family);
			break;
		}
}

/* The configuration's, or else that of who gave the addresses. */
static void add_dns(const struct printer *printer, const struct json *ipam)
{
	struct json_at root = json_root(ipam, ""), dns = json_member(&printer->cni->root, "dns");

	if (!dns.node && ipam)
		dns = json_member(&root, "dns");
	json_set(printer->result, "dns", dns.node ? json_copy(dns.node) : json_object());
}

static int fill(struct printer *printer, const struct spec_net *net, const struct json *ipam, struct err *err)
{
	const struct spec_net_interface *interface = &net->interfaces[0];

	json_set_string(printer->result, "cniVersion", printer->cni->version);
	if (cni_version_is_least(printer->cni->version, "0.3.0"))
		printer->interfaces = json_set_array(printer->result, "interfaces");
	if (add_interface(printer, interface->bridge, NULL, err) ||
	    add_interface(printer, interface->type == SPEC_NET_VETH ? interface->host_name : NULL, NULL,
			  err) ||
	    add_interface(printer, interface->name, printer->cni->namespace, err))
		return -1;
	if (printer->interfaces) {
		add_ips(printer, interface);
		add_routes(printer, printer->result, net, 0);
	} else {
		add_old_ips(printer, net);
	}
	add_dns(printer, ipam);
	return 0;
}

int cni_print_result(struct cni *cni, const struct spec_net *net, const struct json *ipam, struct err *err)
{
	struct printer printer = { .cni = cni,
				   .host = kern_nl_open(err),
				   .result = json_object(),
				   .since_1_0 = cni_version_is_least(cni->version, "1.0.0"),
				   .since_1_1 = cni_version_is_least(cni->version, "1.1.0") };
	int ret;

	printer.inside = printer.host ? kern_nl_open_in(cni->netns, err) : NULL;
	ret = printer.inside ? fill(&printer, net, ipam, err) : -1;
	if (!ret)
		rows_print_json(printer.result, false);
	json_free(printer.result);
	kern_nl_close(printer.inside);
	kern_nl_close(printer.host);
	return ret;
}

/* ---- CHECK --------------------------------------------------------------------------------- */

struct found {
	struct kern_link_info info;
	struct kern_address_list addresses;
	struct kern_route_list routes;
};

static int missing(struct cni *cni, const char *what, const char *value, struct err *err)
{
	return cni_fail(cni, CNI_INTERNAL, err,
			"%s of container %s: prevResult has the %s %s, the namespace has not", cni->interface,
			cni->container, what, value);
}

static int check_address(struct cni *cni, const struct json_at *ip, const struct found *found,
			 struct err *err)
{
	struct json_at at = json_member(ip, "address");
	struct ip_net net;
	const char *text;

	if (json_read_string(&at, &text, err))
		return -1;
	for (size_t i = 0; ip_net_parse(text, &net) == 0 && i < found->addresses.count; i++)
		if (ip_net_equal(&found->addresses.items[i].net, &net))
			return 0;
	return missing(cni, "address", text, err);
}

static int check_route(struct cni *cni, const struct json_at *route, const struct found *found,
		       struct err *err)
{
	struct json_at at = json_member(route, "dst"), gw = json_member(route, "gw");
	const char *text, *gateway_text = "";
	struct ip gateway = { 0 };
	struct ip_net net;

	if (json_read_string(&at, &text, err) || (gw.node && json_read_string(&gw, &gateway_text, err)))
		return -1;
	if (*gateway_text && ip_parse(gateway_text, &gateway))
		return missing(cni, "gateway", gateway_text, err);
	for (size_t i = 0; ip_net_parse(text, &net) == 0 && i < found->routes.count; i++)
		if (ip_net_equal(&found->routes.items[i].destination, &net) &&
		    (!gateway.family || ip_equal(&found->routes.items[i].gateway, &gateway)))
			return 0;
	return missing(cni, "route to", text, err);
}

/* Ours is the one that is in a sandbox; its MAC is the one that it had. */
static int check_interface(struct cni *cni, const struct json_at *interface, const struct found *found,
			   struct err *err)
{
	struct json_at name = json_member(interface, "name"), mac = json_member(interface, "mac"),
		       sandbox = json_member(interface, "sandbox");
	const char *text, *mac_given = "", *where = "";
	char now[18];

	if (json_read_string(&name, &text, err) || (mac.node && json_read_string(&mac, &mac_given, err)) ||
	    (sandbox.node && json_read_string(&sandbox, &where, err)))
		return -1;
	if (!*where || strcmp(text, cni->interface) != 0 || !*mac_given ||
	    (mac_text(&found->info, now) && !strcasecmp(now, mac_given)))
		return 0;
	return missing(cni, "MAC address", mac_given, err);
}

static int check_all(struct cni *cni, const struct found *found, struct err *err)
{
	struct json_at previous = json_member(&cni->root, "prevResult");
	const struct {
		const char *key;
		int (*check)(struct cni *, const struct json_at *, const struct found *, struct err *);
	} lists[] = { { "interfaces", check_interface },
		      { "ips", check_address },
		      { "routes", check_route } };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct json_at list = json_member(&previous, lists[i].key), item = { 0 };

		while (json_next(&list, &item))
			if (lists[i].check(cni, &item, found, err))
				return -1;
	}
	return 0;
}

int cni_check_result(struct cni *cni, struct err *err)
{
	struct kern_nl *nl = kern_nl_open_in(cni->netns, err);
	struct found found = { 0 };
	int ret = nl ? kern_link_find(nl, cni->interface, &found.info, err) : -1;

	if (ret == 0)
		ret = missing(cni, "interface", cni->interface, err);
	if (ret > 0)
		ret = kern_address_list(nl, found.info.index, &found.addresses, err) ||
				      kern_route_list(nl, &found.routes, err) || check_all(cni, &found, err)
			      ? -1
			      : 0;
	free(found.addresses.items);
	free(found.routes.items);
	kern_nl_close(nl);
	return ret;
}
