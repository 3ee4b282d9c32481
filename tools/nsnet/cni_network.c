/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CNI's configuration and run time data as ours: nsinit-spec(5)'s "networks", "routes", "firewall". */
#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "nsnet/cni.h"
#include "spec/spec.h"
#include "state/net.h"

static const struct json_at none = { 0 };

/* The run time data of a capability, if the configuration has said that it wants it. */
static struct json_at capability(const struct cni *cni, const char *name)
{
	struct json_at capabilities = json_member(&cni->root, "capabilities"),
		       declared = json_member(&capabilities, name);
	struct json_at runtime = json_member(&cni->root, "runtimeConfig");
	struct err ignored = { 0 };
	bool on = false;

	if (!declared.node || json_read_bool(&declared, &on, &ignored) || !on)
		return none;
	declared = json_member(&runtime, name);
	return declared.node ? (struct json_at){ .node = declared.node, .file = cni->root.file } : none;
}

/* The strings of a member that may be a list. */
static void copy_list(struct json *array, const struct json *from, const char *key)
{
	struct json_at root = json_root(from, ""), list = json_member(&root, key), item = { 0 };

	while (json_next(&list, &item))
		json_add(array, json_copy(item.node));
}

/* ---- addresses ------------------------------------------------------------------------ */

/* Each address of another plugin's result: "ips", and before 0.3.0 "ip4" and "ip6". */
struct ipam_walk {
	struct json *addresses, *gateways;
	unsigned count;
};

static int add_ip(struct ipam_walk *walk, const struct json_at *at, const char *key, struct err *err)
{
	struct json_at address = json_member(at, key), gateway = json_member(at, "gateway");
	const char *text;

	if (json_read_string(&address, &text, err))
		return -1;
	json_add_string(walk->addresses, text);
	walk->count++;
	if (!gateway.node)
		return 0;
	if (json_read_string(&gateway, &text, err))
		return -1;
	if (*text)
		json_add_string(walk->gateways, text);
	return 0;
}

static int add_ips(struct ipam_walk *walk, const struct json *ipam, struct err *err)
{
	struct json_at root = json_root(ipam, "ipam"), ips = json_member(&root, "ips"), item = { 0 };
	static const char *const old[] = { "ip4", "ip6" };

	while (json_next(&ips, &item))
		if (add_ip(walk, &item, "address", err))
			return -1;
	for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
		struct json_at at = json_member(&root, old[i]);

		if (at.node && add_ip(walk, &at, "ip", err))
			return -1;
	}
	return 0;
}

/* Addresses that the engine chose ("ips") take the place of "auto". */
static int set_addresses(struct cni *cni, struct json *interface, const struct json *ipam, struct err *err)
{
	struct json_at chosen = capability(cni, "ips");
	struct ipam_walk walk = { .addresses = json_array(), .gateways = json_array() };
	int ret = 0;

	copy_list(walk.gateways, interface, "gateways");
	if (chosen.node && !ipam) {
		struct json_at item = { 0 };

		while (json_next(&chosen, &item))
			json_add(walk.addresses, json_copy(item.node));
		json_remove(interface, "subnets");
	} else {
		copy_list(walk.addresses, interface, "addresses");
	}
	if (ipam)
		ret = add_ips(&walk, ipam, err);
	json_remove(interface, "addresses");
	json_remove(interface, "gateways");
	json_set(interface, "addresses", walk.addresses);
	json_set(interface, "gateways", walk.gateways);
	if (ret)
		return -1;
	return ipam && !walk.count ? cni_fail(cni, CNI_INTERNAL, err, "the IPAM plugin gave no address") : 0;
}

static bool is_default(const char *destination)
{
	struct ip_net net;

	return ip_net_parse(destination, &net) == 0 && net.prefix == 0;
}

/* Routes that came with the addresses; default routes are the gateways'. */
static int add_routes(struct json *routes, const struct json *ipam, const char *interface, struct err *err)
{
	struct json_at root = json_root(ipam, "ipam"), list = json_member(&root, "routes"), item = { 0 };

	while (json_next(&list, &item)) {
		struct json_at dst = json_member(&item, "dst"), gw = json_member(&item, "gw");
		struct json *route;
		const char *text;

		if (json_read_string(&dst, &text, err))
			return -1;
		if (is_default(text) && !gw.node)
			continue;
		route = json_add_object(routes);
		json_set_string(route, "destination", text);
		if (gw.node && json_read_string(&gw, &text, err))
			return -1;
		json_set_string(route, gw.node ? "gateway" : "interface", gw.node ? text : interface);
	}
	return 0;
}

/* ---- ports, rates, MAC ------------------------------------------------------------------ */

static int add_port(struct json *ports, const struct json_at *at, struct err *err)
{
	struct json_at host = json_member(at, "hostPort"), inside = json_member(at, "containerPort"),
		       protocol = json_member(at, "protocol"), address = json_member(at, "hostIP");
	const char *text = NULL;
	uint64_t number = 0;
	struct json *port;
	char lower[16];

	if (host.node && json_read_u64(&host, 65535, &number, err))
		return -1;
	if (!number)
		return 0; /* not published */
	port = json_add_object(ports);
	json_set_u64(port, "hostPort", number);
	if (json_read_u64(&inside, 65535, &number, err))
		return -1;
	json_set_u64(port, "port", number);
	if (protocol.node && json_read_string(&protocol, &text, err))
		return -1;
	snprintf(lower, sizeof(lower), "%s", text && *text ? text : "tcp");
	for (char *p = lower; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	json_set_string(port, "protocol", lower);
	if (!address.node)
		return 0;
	if (json_read_string(&address, &text, err))
		return -1;
	if (*text && strcmp(text, "0.0.0.0") != 0 && strcmp(text, "::") != 0)
		json_set_string(port, "hostAddress", text);
	return 0;
}

static int add_ports(const struct cni *cni, struct json *interface, struct err *err)
{
	struct json_at mappings = capability(cni, "portMappings"), item = { 0 };
	struct json *ports;

	if (!json_count(&mappings))
		return 0;
	ports = json_array();
	copy_list(ports, interface, "ports");
	json_remove(interface, "ports");
	json_set(interface, "ports", ports);
	while (json_next(&mappings, &item))
		if (add_port(ports, &item, err))
			return -1;
	return 0;
}

static int read_rate(const struct json_at *at, const char *key, uint64_t *rate, struct err *err)
{
	struct json_at member = json_member(at, key);

	*rate = 0;
	return member.node ? json_read_u64(&member, UINT64_MAX, rate, err) : 0;
}

/* Rates in bits a second, bursts in bits: into the container is "ingress". */
static int add_limit(const struct cni *cni, struct json *interface, struct err *err)
{
	struct json_at bandwidth = capability(cni, "bandwidth");
	uint64_t in, out, in_burst, out_burst;
	struct json *limit;

	if (!bandwidth.node)
		return 0;
	if (read_rate(&bandwidth, "ingressRate", &in, err) ||
	    read_rate(&bandwidth, "egressRate", &out, err) ||
	    read_rate(&bandwidth, "ingressBurst", &in_burst, err) ||
	    read_rate(&bandwidth, "egressBurst", &out_burst, err))
		return -1;
	if (!in && !out)
		return 0;
	json_remove(interface, "limit");
	limit = json_set_object(interface, "limit");
	if (in)
		json_set_u64(limit, "rx", in);
	if (out)
		json_set_u64(limit, "tx", out);
	in_burst = in_burst > out_burst ? in_burst : out_burst;
	/* Engines give 2^31-1 for "whatever it takes". */
	if (in_burst && in_burst < INT32_MAX)
		json_set_u64(limit, "burst", in_burst / 8);
	return 0;
}

static int set_mac(const struct cni *cni, struct json *interface, struct err *err)
{
	struct json_at mac = capability(cni, "mac");
	const char *text;

	if (!mac.node)
		return 0;
	if (json_read_string(&mac, &text, err))
		return -1;
	json_remove(interface, "mac");
	json_set_string(interface, "mac", text);
	return 0;
}

/* ---- the whole -------------------------------------------------------------------------- */

static struct spec *read_document(struct json *document, struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };

	json_print(document, false, &text);
	json_free(document);
	return spec_read_net(text.text, text.len, "CNI configuration", err);
}

static struct json *copy_member(const struct cni *cni, const char *key, struct json *otherwise)
{
	struct json_at at = json_member(&cni->root, key);

	if (!at.node)
		return otherwise;
	json_free(otherwise);
	return json_copy(at.node);
}

static int check_interface(struct cni *cni, struct err *err)
{
	struct json_at at = json_member(&cni->root, "interface"), routes = json_member(&cni->root, "routes"),
		       name;

	if ((at.node && json_read_object(&at, err)) || (routes.node && json_read_array(&routes, err)))
		return -1;
	name = json_member(&at, "name");
	return name.node ? cni_fail(cni, CNI_CONFIG, err,
				    "the interface's name is CNI_IFNAME: \"interface\" has none")
			 : 0;
}

struct spec *cni_network(struct cni *cni, const struct json *ipam, struct err *err)
{
	struct json *document, *interface, *routes, *firewall;

	if (check_interface(cni, err))
		return NULL;
	document = json_object();
	interface = copy_member(cni, "interface", json_object());
	json_add(json_set_array(document, "networks"), interface);
	json_set_string(interface, "name", cni->interface);
	routes = json_set(document, "routes", copy_member(cni, "routes", json_array()));
	firewall = copy_member(cni, "firewall", NULL);
	if (firewall)
		json_set(document, "firewall", firewall);
	if (set_addresses(cni, interface, ipam, err) == 0 &&
	    (!ipam || add_routes(routes, ipam, cni->interface, err) == 0) &&
	    add_ports(cni, interface, err) == 0 && add_limit(cni, interface, err) == 0 &&
	    set_mac(cni, interface, err) == 0)
		return read_document(document, err);
	json_free(document);
	return NULL;
}

/* ---- behind other plugins ---------------------------------------------------------------- */

bool cni_is_chained(const struct cni *cni)
{
	struct json_at interface = json_member(&cni->root, "interface"),
		       previous = json_member(&cni->root, "prevResult");

	/* CHECK gives prevResult to every plugin: who has made an interface has a record of it. */
	return previous.node && !interface.node && !cni_has_ipam(cni) &&
	       !state_net_exists(STATE_NET_OWNERS, cni->owner);
}

static int add_previous(struct cni *cni, struct json *addresses, struct err *err)
{
	struct json_at previous = json_member(&cni->root, "prevResult");
	struct ipam_walk walk = { .addresses = addresses, .gateways = json_array() };
	int ret = add_ips(&walk, previous.node, err);

	json_free(walk.gateways);
	return ret;
}

/* What the other end of the interface is here, which is what rules and queues go by. */
static int find_ends(struct cni *cni, struct json *interface, struct err *err)
{
	struct kern_nl *host = kern_nl_open(err), *inside = host ? kern_nl_open_in(cni->netns, err) : NULL;
	struct kern_link_info info, end = { 0 }, bridge;
	int found = inside ? kern_link_find(inside, cni->interface, &info, err) : -1;

	if (found == 0)
		cni_fail(cni, CNI_CONFIG, err, "%s, which prevResult has, is not in the namespace",
			 cni->interface);
	if (found > 0 && strcmp(info.kind, "veth") != 0)
		json_set_string(interface, "type", "dummy"); /* nothing of it is here: only limits, inside */
	else if (found > 0)
		found = kern_link_get(host, info.link, &end, err);
	if (found > 0 && end.index)
		json_set_string(interface, "hostName", end.name);
	if (found > 0 && end.master && kern_link_get(host, end.master, &bridge, err) > 0 &&
	    !strcmp(bridge.kind, "bridge"))
		json_set_string(interface, "bridge", bridge.name);
	kern_nl_close(inside);
	kern_nl_close(host);
	if (found == 0 && !err_is_set(err))
		cni_fail(cni, CNI_CONFIG, err, "the other end of %s is not in this namespace",
			 cni->interface);
	return err_is_set(err) ? -1 : 0;
}

struct spec *cni_network_chained(struct cni *cni, struct err *err)
{
	struct json *document = json_object(),
		    *interface = json_add_object(json_set_array(document, "networks")),
		    *firewall = copy_member(cni, "firewall", NULL);

	json_set_string(interface, "name", cni->interface);
	if (firewall)
		json_set(document, "firewall", firewall);
	if (find_ends(cni, interface, err) == 0 &&
	    add_previous(cni, json_set_array(interface, "addresses"), err) == 0 &&
	    add_ports(cni, interface, err) == 0 && add_limit(cni, interface, err) == 0)
		return read_document(document, err);
	json_free(document);
	return NULL;
}
