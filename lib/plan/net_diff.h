/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For plan/net*.c alone. Include base/ip.h, spec/net.h and plan/net.h before. */
#ifndef NSTOOLS_PLAN_NET_DIFF_H
#define NSTOOLS_PLAN_NET_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct plan_net_work {
	const struct spec_net *wanted, *recorded;
	const struct plan_net_facts *facts;
	struct arena *arena;
	struct plan_net_changes *changes;
	size_t room;
	struct err *err;
};

/* Append a change; the pointer is valid until the next one. */
struct plan_net_change *plan_net_add(struct plan_net_work *d, enum plan_net_change_kind kind, const char *name);
/* Does the list delete the interface of that name so far? */
bool plan_net_is_deleted(const struct plan_net_work *d, const char *name);
bool plan_net_same_text(const char *a, const char *b); /* NULL is a value too */

/* whole: what is wanted, with what is recorded of members that were not given. */
void plan_net_diff_routes(struct plan_net_work *d, const struct spec_net *whole);

#endif
