/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsinit.networks, routes and firewall: made by the runtime while the container's process waits. */
#include <string.h>

#include "base/err.h"
#include "base/ip.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "plan/network.h"
#include "spec/firewall.h"
#include "spec/names.h"
#include "spec/net.h"
#include "spec/spec.h"

/* "none" is the wish for no namespace, and "empty" for one with nothing but lo in it. */
static bool is_made(const struct spec_net_interface *interface)
{
	return interface->type != SPEC_NET_NONE && interface->type != SPEC_NET_EMPTY;
}

static int refuse_namespace(struct builder *b, const char *where)
{
	if (plan_namespace_is_joined(b, SPEC_NS_NETWORK)) {
		plan_refuse(b, where, "a network namespace that is joined is used as it is: nothing is added to it");
		return err_hint(b->err, "nsnet apply changes a namespace that exists already");
	}
	plan_refuse(b, where, "expected a network namespace: without one the host's network would be changed");
	return err_hint(b->err, "add {\"type\": \"network\"} to linux.namespaces");
}

static int check_interface(struct builder *b, size_t index)
{
	const struct spec_net_interface *interface = &b->spec->own.net->interfaces[index];
	bool none = interface->type == SPEC_NET_NONE;
	const char *where = plan_text(b, "/nsinit/networks/%zu", index);

	if (none && !plan_namespace_is_shared(b, SPEC_NS_NETWORK))
		return plan_refuse(b, where, "none shares the host's network, but linux.namespaces lists a network "
					     "namespace");
	if (!none && !plan_namespace_is_new(b, SPEC_NS_NETWORK))
		return refuse_namespace(b, where);
	if (!is_made(interface) || interface->type == SPEC_NET_LOOPBACK || b->host->privileged)
		return 0;
	plan_unsupported(b, where, "a %s needs root on the host", spec_names_of(&spec_names_net_type, interface->type));
	return err_hint(b->err, "nsnet user gives a container of an ordinary user a network");
}

int plan_network_check(struct builder *b)
{
	const struct spec_net *net = b->spec->own.net;

	for (size_t i = 0; net && i < net->interface_count; i++)
		if (check_interface(b, i))
			return -1;
	if (net && net->route_count && !plan_namespace_is_new(b, SPEC_NS_NETWORK))
		return refuse_namespace(b, "/nsinit/routes");
	if (net && net->firewall && !plan_namespace_is_new(b, SPEC_NS_NETWORK))
		return refuse_namespace(b, "/nsinit/firewall");
	if (net && !b->host->privileged && (net->route_count || net->firewall))
		return plan_unsupported(b, net->route_count ? "/nsinit/routes" : "/nsinit/firewall",
					"it needs root on the host");
	return 0;
}

void plan_network_add(struct builder *b)
{
	const struct spec_net *net = b->spec->own.net;

	if (!net)
		return;
	for (size_t i = 0; i < net->interface_count; i++)
		if (is_made(&net->interfaces[i]))
			plan_add(b, STEP_NET_INTERFACE, STEP_PARENT, plan_text(b, "/nsinit/networks/%zu", i))
				->net_interface = &net->interfaces[i];
	for (size_t i = 0; i < net->route_count; i++)
		plan_add(b, STEP_NET_ROUTE, STEP_PARENT, plan_text(b, "/nsinit/routes/%zu", i))->net_route =
			&net->routes[i];
	if (spec_net_has_rules(net))
		plan_add(b, STEP_NET_RULES, STEP_PARENT, net->firewall ? "/nsinit/firewall" : "/nsinit/networks")
			->net_rules = net;
}
