/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of capabilities as it is typed and shown. Bit n is capability n. */
#ifndef NSTOOLS_NSCAPS_SET_H
#define NSTOOLS_NSCAPS_SET_H

#include <stdint.h>

struct err;
struct json;
struct strbuf;

struct set {
	uint64_t all;	/* what the text says */
	uint64_t named; /* of these, what it names itself: not by "all" or "default" */
};

/*
 * Comma-separated: a name ("CAP_NET_RAW", "net_raw"), a number, a mask
 * ("0x3000"), "all" that this kernel knows, "none", or "default", what
 * `nsinit run` gives. "-" before one takes it away, "+" adds it; where the
 * first has a sign they change `from`. ERR_USAGE names what is unknown, and the
 * nearest. `what` is for messages: "--drop".
 */
int set_parse(const char *what, const char *text, uint64_t from, struct set *set, struct err *err);
/* One capability: its number, or -1 with err. */
int set_parse_one(const char *what, const char *text, struct err *err);
/* A mask, "0000003fffffffff" or "0x3000", at most 64 bits. */
int set_parse_mask(const char *text, uint64_t *mask);

/* "CAP_CHOWN,CAP_KILL", "all" of this kernel's, "none". */
void set_print(uint64_t set, struct strbuf *out);
/* The same with short names, and "all,-chown" where that is shorter: set_parse() reads it. */
void set_print_short(uint64_t set, struct strbuf *out);
/* Names alone, "" for none. */
void set_print_names(uint64_t set, struct strbuf *out);
struct json *set_json(uint64_t set);
/* process.capabilities' bounding set of `nsinit run` without a spec. */
uint64_t set_default(void);

#endif
