/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a namespace, for show and route list. */
#ifndef NSTOOLS_NSNET_SHOW_H
#define NSTOOLS_NSNET_SHOW_H

#include <stdbool.h>

struct err;
struct json;
struct kern_nl;

/* Routes of the namespace: a table on standard output, or JSON. */
int show_routes(int netns, bool json, struct err *err);
/* As an array of objects, with the members of "routes" in nsinit-spec(5), and "protocol". NULL with err. */
struct json *show_routes_json(struct kern_nl *nl, struct err *err);
int show_routes_table(struct kern_nl *nl, struct err *err);

#endif
