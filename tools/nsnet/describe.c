/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "common/option.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "nsnet/describe.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "spec/spec.h"

#define AT(member) offsetof(struct describe_interface, member)

#define IN_THE_NAMESPACE                                                                                       \
	{ "name", 0, "NAME", "its name in the namespace (default: the first free of eth0, eth1, ...)",         \
	  OPTION_TEXT, AT(name), NULL },                                                                       \
	{ "address", 'a', "ADDRESS/PREFIX", "an address of it; once for each; \"auto\" leases one",            \
	  OPTION_TEXTS, AT(addresses), NULL },                                                                 \
	{ "subnet", 0, "SUBNET", "where \"auto\" takes an address from; once for each",                        \
	  OPTION_TEXTS, AT(subnets), NULL },                                                                   \
	{ "gateway", 'g', "ADDRESS", "the default route leads there; one for IPv4, one for IPv6",              \
	  OPTION_TEXTS, AT(gateways), NULL },                                                                  \
	{ "mtu", 0, "BYTES", "the largest packet (default: the bridge's, or the kernel's)", OPTION_TEXT,       \
	  AT(mtu), NULL },                                                                                     \
	{ "mac", 0, "ADDRESS", "its hardware address (default: the kernel's choice)", OPTION_TEXT, AT(mac),    \
	  NULL },                                                                                              \
	{ "txqueuelen", 0, "PACKETS", "the length of its send queue", OPTION_TEXT, AT(tx_queue_length), NULL }, \
	{ "up", 0, NULL, "bring it up: the default", OPTION_FLAG, AT(up), NULL },                              \
	{ "down", 0, NULL, "leave it down", OPTION_FLAG, AT(down), NULL },                                     \
	{ "accept-ra", 0, NULL, "believe router advertisements", OPTION_FLAG, AT(accept_ra), NULL },           \
	{ "masquerade", 0, NULL, "what leaves its network leaves with the host's address", OPTION_FLAG,        \
	  AT(masquerade), NULL }

static const struct option_entry interface_entries[] = {
	IN_THE_NAMESPACE,
	{ "host-name", 0, "NAME", "veth: the name of the host's end (default: chosen)", OPTION_TEXT,
	  AT(host_name), NULL },
	{ "host-address", 0, "ADDRESS/PREFIX", "veth without a bridge: an address of the host's end",
	  OPTION_TEXTS, AT(host_addresses), NULL },
	{ "bridge", 'b', "NAME", "veth: plug the host's end into this bridge", OPTION_TEXT, AT(bridge), NULL },
	{ "create", 0, NULL, "make the bridge where it is missing, with the gateways as its addresses",
	  OPTION_FLAG, AT(create), NULL },
	{ "hairpin", 0, NULL, "veth: the bridge sends packets back where they came from", OPTION_FLAG,
	  AT(hairpin), NULL },
	{ "isolated", 0, NULL, "veth: no packets to and from other isolated ports", OPTION_FLAG, AT(isolated),
	  NULL },
	{ "parent", 'p', "NAME", "macvlan, ipvlan, vlan: the host's interface below it; phys: the one that moves",
	  OPTION_TEXT, AT(parent), NULL },
	{ "mode", 0, "MODE", "macvlan: bridge, private, vepa, passthru; ipvlan: l2, l3, l3s", OPTION_TEXT,
	  AT(mode), NULL },
	{ "vlan", 0, "NUMBER", "vlan: 1 to 4094", OPTION_TEXT, AT(vlan), NULL },
};

static const struct option_entry move_entries[] = { IN_THE_NAMESPACE };

const struct option_table describe_interface_table = { "Options", interface_entries, ARRAY_SIZE(interface_entries) };
const struct option_table describe_move_table = { "Options", move_entries, ARRAY_SIZE(move_entries) };

static void set_texts(struct json *object, const char *key, const struct option_texts *texts)
{
	struct json *array = texts->count ? json_set_array(object, key) : NULL;

	for (size_t i = 0; i < texts->count; i++)
		json_add_string(array, texts->items[i]);
}

/* Numbers are numbers in JSON. */
static int set_number(struct json *object, const char *option, const char *key, const char *text, struct err *err)
{
	uint32_t value;

	if (!text)
		return 0;
	if (number_u32(text, &value)) {
		err_set(err, ERR_USAGE, option, "expected a number");
		return err_object(err, "%s", text);
	}
	json_set_u64(object, key, value);
	return 0;
}

static void set_flag(struct json *object, const char *key, bool value)
{
	if (value)
		json_set_bool(object, key, true);
}

static void set_flags(struct json *object, const struct describe_interface *options)
{
	set_flag(object, "createBridge", options->create);
	set_flag(object, "hairpin", options->hairpin);
	set_flag(object, "isolated", options->isolated);
	set_flag(object, "down", options->down);
	set_flag(object, "acceptRa", options->accept_ra);
	set_flag(object, "masquerade", options->masquerade);
}

struct json *describe_interface_json(const char *type, const struct describe_interface *options, struct err *err)
{
	struct json *object = json_object();

	json_set_string(object, "type", type);
	json_set_string(object, "name", options->name);
	json_set_string(object, "hostName", options->host_name);
	json_set_string(object, "parent", options->parent);
	json_set_string(object, "bridge", options->bridge);
	json_set_string(object, "mode", options->mode);
	json_set_string(object, "mac", options->mac);
	set_texts(object, "addresses", &options->addresses);
	set_texts(object, "subnets", &options->subnets);
	set_texts(object, "gateways", &options->gateways);
	set_texts(object, "hostAddresses", &options->host_addresses);
	set_flags(object, options);
	if (options->up && options->down)
		err_set(err, ERR_USAGE, "", "--up and --down exclude each other");
	if (!err_is_set(err) && set_number(object, "--mtu", "mtu", options->mtu, err) == 0 &&
	    set_number(object, "--txqueuelen", "txQueueLength", options->tx_queue_length, err) == 0 &&
	    set_number(object, "--vlan", "vlan", options->vlan, err) == 0)
		return object;
	json_free(object);
	return NULL;
}

void describe_interface_free(struct describe_interface *options)
{
	option_texts_free(&options->addresses);
	option_texts_free(&options->subnets);
	option_texts_free(&options->gateways);
	option_texts_free(&options->host_addresses);
}

int describe_free_name(int netns, char *buf, struct err *err)
{
	struct kern_nl *nl = kern_nl_open_in(netns, err);
	struct kern_link_info info;
	int found = nl ? 1 : -1;

	for (unsigned number = 0; found > 0 && number < 100000; number++) {
		snprintf(buf, IFNAMSIZ, "eth%u", number);
		found = kern_link_find(nl, buf, &info, err);
	}
	kern_nl_close(nl);
	return found < 0 ? -1 : 0;
}

struct spec *nsnet_read_json(struct json *json, struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };

	json_print(json, false, &text);
	json_free(json);
	return spec_read_net(text.text, text.len, "command line", err);
}
