/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of a firewall as words, and as a table. */
#ifndef NSTOOLS_NSNET_FIREWALL_H
#define NSTOOLS_NSNET_FIREWALL_H

#include <stdbool.h>

struct err;
struct json;
struct spec_net_firewall;

/*
 * ACTION [in|out] [PROTOCOL[/PORT[-LAST]]] [from NETWORK] [to NETWORK], NULL at
 * the end, as an element of the firewall's "rules" (nsinit-spec(5)), into object.
 */
int firewall_rule_describe(char **words, struct json *object, struct err *err);
/* To standard output. */
void firewall_print(const struct spec_net_firewall *firewall, bool json);

#endif
