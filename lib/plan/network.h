/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c of plan/: the container's interfaces, routes and rules. */
#ifndef NSTOOLS_PLAN_NETWORK_H
#define NSTOOLS_PLAN_NETWORK_H

struct builder;

int plan_network_check(struct builder *b);
void plan_network_add(struct builder *b); /* parent, while the child waits */

#endif
