/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rates of an interface: a token bucket (tc-tbf(8)) for what it sends, and one
 * for what it receives, which goes by way of an ifb device of its own. The ifb
 * bears a tag as its alias: so it is found again when the interface is gone.
 */
#ifndef NSTOOLS_KERN_QDISC_H
#define NSTOOLS_KERN_QDISC_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct kern_nl;

/* As the interface itself sees it. */
struct kern_qdisc_limit {
	uint64_t send, receive; /* bits a second; 0: none */
	uint64_t burst;         /* bytes; 0: 50 ms of the rate, at least 32 KiB */
};

/* nl: a socket of the namespace that the interface is in. */
struct kern_qdisc_link {
	struct kern_nl *nl;
	int index;
	const char *name; /* for errors */
	const char *tag;
};

/* 1 when the interface has these limits, 0 when others or none, -1 with err. */
int kern_qdisc_check(const struct kern_qdisc_link *link, const struct kern_qdisc_limit *limit,
		     struct err *err);
/* Give it these limits; zero takes them away. A failure leaves none. */
int kern_qdisc_limit(const struct kern_qdisc_link *link, const struct kern_qdisc_limit *limit,
		     struct err *err);

#endif
