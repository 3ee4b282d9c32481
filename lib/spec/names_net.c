/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/if_link.h>

#include "base/cleanup.h"
#include "base/ip.h"
#include "spec/names.h"
#include "spec/net.h"

static const struct spec_name type_items[] = {
	{ "veth", SPEC_NET_VETH },         { "macvlan", SPEC_NET_MACVLAN }, { "ipvlan", SPEC_NET_IPVLAN },
	{ "vlan", SPEC_NET_VLAN },         { "dummy", SPEC_NET_DUMMY },     { "phys", SPEC_NET_PHYS },
	{ "loopback", SPEC_NET_LOOPBACK }, { "empty", SPEC_NET_EMPTY },     { "none", SPEC_NET_NONE },
};
const struct spec_names spec_names_net_type = { "a type of network", type_items, ARRAY_SIZE(type_items) };

static const struct spec_name macvlan_items[] = {
	{ "private", MACVLAN_MODE_PRIVATE },
	{ "vepa", MACVLAN_MODE_VEPA },
	{ "bridge", MACVLAN_MODE_BRIDGE },
	{ "passthru", MACVLAN_MODE_PASSTHRU },
};
const struct spec_names spec_names_macvlan_mode = { "a mode of macvlan", macvlan_items, ARRAY_SIZE(macvlan_items) };

static const struct spec_name ipvlan_items[] = {
	{ "l2", IPVLAN_MODE_L2 },
	{ "l3", IPVLAN_MODE_L3 },
	{ "l3s", IPVLAN_MODE_L3S },
};
const struct spec_names spec_names_ipvlan_mode = { "a mode of ipvlan", ipvlan_items, ARRAY_SIZE(ipvlan_items) };
