/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What published ports and masquerade need of this host. ip-sysctl.rst. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/log.h"
#include "kern/link_info.h"
#include "kern/nft.h"
#include "kern/nl.h"
#include "kern/procfs.h"
#include "kern/route.h"
#include "spec/net.h"
#include "run/net_rules_internal.h"

/* ---- sysctls ------------------------------------------------------------------------------ */

/* What has the value already is not written. */
static int set(int proc, const char *key, const char *value, struct err *err)
{
	struct err ignored = { 0 };
	char path[128], now[16];

	snprintf(path, sizeof(path), "sys/%s", key);
	if (kern_procfs_read(proc, path, now, sizeof(now), &ignored) >= 0 && !strcmp(now, value))
		return 0;
	log_info("%s becomes %s", key, value);
	return kern_procfs_sysctl(proc, key, value, err);
}

static int keep_router(int proc, const char *interface, struct err *err)
{
	struct err ignored = { 0 };
	char key[96], path[104], now[16];

	snprintf(key, sizeof(key), "net/ipv6/conf/%s/accept_ra", interface);
	snprintf(path, sizeof(path), "sys/%s", key);
	return kern_procfs_read(proc, path, now, sizeof(now), &ignored) >= 0 && !strcmp(now, "1")
		       ? set(proc, key, "2", err)
		       : 0;
}

/*
 * Once this host hands IPv6 on, an interface with accept_ra 1 believes no
 * router any more and loses its default route: 2 says "although". That is for
 * the interfaces that have such a route: on a bridge of containers it would let
 * them play the router.
 */
static int keep_routers(int proc, struct err *err)
{
	struct kern_nl *nl = kern_nl_open(err);
	struct kern_route_list list = { 0 };
	int ret = !nl || kern_route_list(nl, &list, err) ? -1 : 0;

	for (size_t i = 0; !ret && i < list.count; i++) {
		const struct kern_route *route = &list.items[i];
		struct kern_link_info info;

		if (route->protocol != RTPROT_RA || route->destination.address.family != AF_INET6)
			continue;
		ret = kern_link_get(nl, route->index, &info, err);
		if (ret > 0)
			ret = keep_router(proc, info.name, err);
	}
	free(list.items);
	kern_nl_close(nl);
	return ret;
}

static bool is_set(int proc, const char *path)
{
	struct err ignored = { 0 };
	char now[16];

	return kern_procfs_read(proc, path, now, sizeof(now), &ignored) >= 0 && strcmp(now, "0") != 0;
}

static int forward(int proc, int family, struct err *err)
{
	if (family == AF_INET)
		return set(proc, "net/ipv4/ip_forward", "1", err);
	if (is_set(proc, "sys/net/ipv6/conf/all/forwarding"))
		return 0;
	return keep_routers(proc, err) || set(proc, "net/ipv6/conf/all/forwarding", "1", err) ? -1 : 0;
}

int net_rules_forward(int family, struct err *err)
{
	auto_close int proc = kern_procfs_open(err);

	return proc < 0 ? -1 : forward(proc, family, err);
}

/* ---- 127.0.0.1 and ::1 --------------------------------------------------------------------- */

/*
 * An answer to ::1 arrives by the bridge, where the kernel looks for a route to
 * ::1 over that very interface. Packets that have ::1 on a wire it drops before.
 * br_netfilter turns the answer's address too early for that.
 */
static int add_local_route(struct kern_nl *nl, int proc, const char *device, struct err *err)
{
	struct kern_link_info info;
	int found = kern_link_find(nl, device, &info, err);

	if (found < 0)
		return -1;
	if (is_set(proc, "sys/net/bridge/bridge-nf-call-ip6tables") && !strcmp(info.kind, "bridge"))
		log_info("[::1] does not reach ports published over %s while "
			 "net.bridge.bridge-nf-call-ip6tables is on",
			 device);
	return found ? kern_route_local6(nl, info.index, device, err) : 0;
}

static int open_localhost(struct kern_nl *nl, int proc, const struct spec_net_interface *interface,
			  struct err *err)
{
	const char *device = interface->bridge ? interface->bridge : interface->host_name;
	char key[96];

	for (size_t i = 0; i < interface->addresses.count; i++) {
		if (interface->addresses.items[i].address.family == AF_INET6) {
			if (add_local_route(nl, proc, device, err))
				return -1;
			continue;
		}
		snprintf(key, sizeof(key), "net/ipv4/conf/%s/route_localnet", device);
		if (set(proc, key, "1", err))
			return -1;
	}
	return 0;
}

int net_rules_prepare(const struct spec_net *net, struct err *err)
{
	auto_close int proc = kern_procfs_open(err);
	struct kern_nl *nl = proc < 0 ? NULL : kern_nl_open(err);
	int ret = nl ? 0 : -1;

	for (size_t i = 0; !ret && i < net->interface_count; i++) {
		const struct spec_net_interface *interface = &net->interfaces[i];

		if (!interface->port_count && !interface->masquerade)
			continue;
		for (size_t j = 0; !ret && j < interface->addresses.count; j++)
			ret = forward(proc, interface->addresses.items[j].address.family, err);
		if (!ret && interface->port_count)
			ret = open_localhost(nl, proc, interface, err);
	}
	kern_nl_close(nl);
	return ret;
}

/* ---- is the port free? --------------------------------------------------------------------- */

static socklen_t fill(const struct kern_nft_port *port, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
	struct sockaddr_in *four = (struct sockaddr_in *)address;

	*address = (struct sockaddr_storage){ .ss_family = port->address.address.family };
	if (address->ss_family == AF_INET6) {
		six->sin6_port = htons(port->host_port);
		memcpy(&six->sin6_addr, port->host_address.bytes, sizeof(six->sin6_addr));
		return sizeof(*six);
	}
	four->sin_port = htons(port->host_port);
	memcpy(&four->sin_addr, port->host_address.bytes, sizeof(four->sin_addr));
	return sizeof(*four);
}

static int check_port(const struct kern_nft_port *port, void *data, struct err *err)
{
	bool udp = port->protocol == IPPROTO_UDP;
	struct sockaddr_storage address;
	socklen_t size = fill(port, &address);
	auto_close int fd = -1;
	int on = 1;

	if (kern_nft_rules_have(data, port))
		return 0;
	fd = socket(address.ss_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC,
		    port->protocol == IPPROTO_SCTP ? IPPROTO_SCTP : 0);
	if (fd < 0)
		return 0; /* nobody listens where there is no such protocol */
	if (!udp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* what lingers does not listen */
	if (address.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, size) == 0)
		return 0;
	if (errno != EADDRINUSE && errno != EADDRNOTAVAIL)
		return 0; /* only these two say something of the port */
	err_system(err, "publish", "port %u", port->host_port);
	return err_hint(err, err->errnum == EADDRINUSE ? "a program of this host listens there"
						       : "that address is not this host's");
}

int net_rules_check_ports(const struct spec_net *net, const struct kern_nft_rules *before, struct err *err)
{
	for (size_t i = 0; i < net->interface_count; i++)
		if (net_rules_each_port(&net->interfaces[i], check_port, (void *)before, err))
			return -1;
	return 0;
}
