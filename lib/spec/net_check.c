/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "networks" as a whole: what one element cannot know of the others. */
#include <string.h>
#include <sys/socket.h>

#include "base/ip.h"
#include "base/json.h"
#include "spec/names.h"
#include "spec/net.h"
#include "spec/net_overlap.h"
#include "spec/parts.h"
#include "spec/read.h"

static int check_names(struct reader *r, const struct json_at *item, const struct spec_net_interface *a,
		       const struct spec_net_interface *b)
{
	struct json_at name = json_member(item, "name"), host_name = json_member(item, "hostName"),
		       parent = json_member(item, "parent");

	if (a->name && b->name && !strcmp(a->name, b->name))
		return json_error(name.node ? &name : item, r->err, "a second interface called %s", b->name);
	if (a->host_name && b->host_name && !strcmp(a->host_name, b->host_name))
		return json_error(&host_name, r->err, "a second host's end called %s", b->host_name);
	if (a->type == SPEC_NET_PHYS && b->type == SPEC_NET_PHYS && !strcmp(a->parent, b->parent))
		return json_error(&parent, r->err, "%s can move in once only", b->parent);
	return 0;
}

/* Two interfaces in one network: answers would leave by the wrong one. A single address (/32, /128) is none. */
static bool overlap(const struct spec_net_addresses *a, const struct ip_net *net)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].prefix < ip_bits(&a->items[i].address) && net->prefix < ip_bits(&net->address) &&
		    !ip_is_link_local(&net->address) && ip_net_overlaps(&a->items[i], net))
			return true;
	return false;
}

const struct ip_net *spec_net_overlap(const struct spec_net_interface *a, const struct spec_net_interface *b)
{
	for (size_t i = 0; i < b->addresses.count; i++)
		if (overlap(&a->addresses, &b->addresses.items[i]))
			return &b->addresses.items[i];
	return NULL;
}

static int check_overlaps(struct reader *r, const struct json_at *item, const struct spec_net_interface *a,
			  const struct spec_net_interface *b)
{
	const struct spec_net_addresses *const lists[] = { &b->addresses, &b->subnets };
	static const char *const keys[] = { "addresses", "subnets" };
	char text[IP_TEXT_MAX];

	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < lists[list]->count; i++) {
			const struct ip_net *net = &lists[list]->items[i];
			struct json_at member = json_member(item, keys[list]);

			if (overlap(&a->addresses, net) || overlap(&a->subnets, net))
				return json_error(&member, r->err, "%s overlaps with a network of %s",
						  ip_net_text(net, text, sizeof(text)), a->name);
		}
	return 0;
}

/* No interfaces of its own: nothing else can be wanted. */
static int check_alone(struct reader *r, const struct json_at *item, const struct spec_net *net,
		       const struct spec_net_interface *interface)
{
	struct json_at type = json_member(item, "type");

	if ((interface->type != SPEC_NET_NONE && interface->type != SPEC_NET_EMPTY) || net->interface_count == 1)
		return 0;
	return json_error(&type, r->err, "%s excludes all other networks",
			  spec_names_of(&spec_names_net_type, interface->type));
}

int spec_net_interfaces_check(struct reader *r, const struct json_at *at, const struct spec_net *net)
{
	for (size_t i = 0; !r->record && i < net->interface_count; i++) {
		struct json_at item = json_element(at, i);

		if (check_alone(r, &item, net, &net->interfaces[i]))
			return -1;
		for (size_t j = 0; j < i; j++)
			if (check_names(r, &item, &net->interfaces[j], &net->interfaces[i]) ||
			    check_overlaps(r, &item, &net->interfaces[j], &net->interfaces[i]))
				return -1;
	}
	return 0;
}
