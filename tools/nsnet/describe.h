/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interface described by options, as the JSON of nsinit-spec(5). Include common/option.h before. */
#ifndef NSTOOLS_NSNET_DESCRIBE_H
#define NSTOOLS_NSNET_DESCRIBE_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct json;
struct option_table;

struct describe_interface {
	const char *name, *host_name, *parent, *bridge, *mode, *mac;
	struct option_texts addresses, subnets, gateways, host_addresses;
	const char *mtu, *tx_queue_length, *vlan;
	bool create, hairpin, isolated, up, down, accept_ra, masquerade;
};

extern const struct option_table describe_interface_table; /* of add */
extern const struct option_table describe_move_table;	   /* of move: what a device that moves in can be given */

/* An element of "networks". NULL with err. */
struct json *describe_interface_json(const char *type, const struct describe_interface *options, struct err *err);
void describe_interface_free(struct describe_interface *options);

/* "eth0", or the first ethN that the namespace does not have, into buf (16 bytes). */
int describe_free_name(int netns, char *buf, struct err *err);

#endif
