/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by json.c, json_scan.c and json_write.c alone. */
#ifndef NSTOOLS_BASE_JSON_INTERNAL_H
#define NSTOOLS_BASE_JSON_INTERNAL_H

#include <stddef.h>

struct err;

struct json_number {
	const char *text;
	size_t len;
};

/* What the scan found: every number token, in the document's order. */
struct json_numbers {
	struct json_number *items;
	size_t count, size;
};

/*
 * Check the text against RFC 8259 and our limits, token by token, before the
 * library sees it. 0, or -1 with err naming line and column.
 */
int json_scan(const char *text, size_t len, struct json_numbers *numbers, struct err *err);

#endif
