/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The strict pass over a JSON text. cJSON takes more than RFC 8259 allows,
 * has no positions, and reads numbers as doubles; this pass refuses what is
 * not JSON, says where, and notes the number tokens so that none loses bits.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/json_internal.h"
#include "base/memory.h"

struct scan {
	const char *start, *at, *end;
	struct json_numbers *numbers;
	struct err *err;
};

static int fail(const struct scan *scan, const char *what)
{
	size_t line = 1, column = 1;

	for (const char *p = scan->start; p < scan->at; p++) {
		column++;
		if (*p == '\n') {
			line++;
			column = 1;
		}
	}
	return err_set(scan->err, ERR_SPEC, "parse", "line %zu, column %zu: %s", line, column, what);
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end && *scan->at && strchr(" \t\r\n", *scan->at))
		scan->at++;
}

static bool take(struct scan *scan, char c)
{
	if (scan->at < scan->end && *scan->at == c) {
		scan->at++;
		return true;
	}
	return false;
}

static bool digits(struct scan *scan)
{
	const char *first = scan->at;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
		scan->at++;
	return scan->at > first;
}

static int number(struct scan *scan)
{
	struct json_numbers *numbers = scan->numbers;
	const char *first = scan->at;

	take(scan, '-');
	if (!take(scan, '0') && !digits(scan))
		return fail(scan, "expected a value");
	if (take(scan, '.') && !digits(scan))
		return fail(scan, "expected a digit after the decimal point");
	if (take(scan, 'e') || take(scan, 'E')) {
		if (!take(scan, '+'))
			take(scan, '-');
		if (!digits(scan))
			return fail(scan, "expected a digit in the exponent");
	}
	if (numbers->count == numbers->size) {
		numbers->size = numbers->size ? numbers->size * 2 : 64;
		numbers->items = memory_grow(numbers->items, numbers->size, sizeof(*numbers->items));
	}
	numbers->items[numbers->count++] = (struct json_number){ first, (size_t)(scan->at - first) };
	return 0;
}

static int escape(struct scan *scan)
{
	unsigned code = 0;

	if (scan->at >= scan->end || !*scan->at || !strchr("\"\\/bfnrtu", *scan->at))
		return fail(scan, "unknown escape in a string");
	if (*scan->at++ != 'u')
		return 0;
	for (int i = 0; i < 4; i++, scan->at++) {
		const char *hex = "0123456789abcdefABCDEF", *p;

		if (scan->at >= scan->end || !*scan->at || !(p = strchr(hex, *scan->at)))
			return fail(scan, "expected four hexadecimal digits after \\u");
		code = code * 16 + (unsigned)(p - hex > 15 ? p - hex - 6 : p - hex);
	}
	if (code == 0)
		return fail(scan, "a NUL character (\\u0000) in a string");
	return 0;
}

static int string(struct scan *scan)
{
	scan->at++;
	for (;;) {
		unsigned char c;

		if (scan->at >= scan->end)
			return fail(scan, "the string does not end");
		c = (unsigned char)*scan->at;
		if (c < 0x20)
			return fail(scan, c ? "a control character in a string" : "a NUL byte in a string");
		scan->at++;
		if (c == '"')
			return 0;
		if (c == '\\' && escape(scan))
			return -1;
	}
}

static int word(struct scan *scan, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, text, len) != 0)
		return fail(scan, "expected a value");
	scan->at += len;
	return 0;
}

static int scalar(struct scan *scan)
{
	if (scan->at >= scan->end)
		return fail(scan, "expected a value, found the end");
	switch (*scan->at) {
	case '"':
		return string(scan);
	case 't':
		return word(scan, "true");
	case 'f':
		return word(scan, "false");
	case 'n':
		return word(scan, "null");
	default:
		return number(scan);
	}
}

/* After a value inside `closer`'s container: 1 when the container ended, 0 when another item follows. */
static int after_value(struct scan *scan, char closer)
{
	skip_space(scan);
	if (take(scan, closer))
		return 1;
	if (!take(scan, ','))
		return fail(scan, closer == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
	skip_space(scan);
	return 0;
}

static int member_name(struct scan *scan)
{
	if (scan->at >= scan->end || *scan->at != '"')
		return fail(scan, "expected a member name in quotes");
	if (string(scan))
		return -1;
	skip_space(scan);
	if (!take(scan, ':'))
		return fail(scan, "expected ':' after the member name");
	skip_space(scan);
	return 0;
}

/* Iterative: the depth is bounded by the array, never by the C stack. */
static int document(struct scan *scan)
{
	char closers[JSON_DEPTH_MAX];
	size_t depth = 0, values = 0;
	int ended;

	for (;;) {
		char c = scan->at < scan->end ? *scan->at : '\0';

		if (++values > JSON_VALUES_MAX)
			return fail(scan, "too many values (the limit is 1000000)");
		if (c == '{' || c == '[') {
			if (depth == JSON_DEPTH_MAX)
				return fail(scan, "nested too deeply (the limit is 100)");
			closers[depth++] = c == '{' ? '}' : ']';
			scan->at++;
			skip_space(scan);
			if (!take(scan, closers[depth - 1])) {
				if (c == '{' && member_name(scan))
					return -1;
				continue;
			}
			depth--;
		} else if (scalar(scan)) {
			return -1;
		}
		do {
			if (depth == 0)
				return 0;
			ended = after_value(scan, closers[depth - 1]);
			if (ended < 0)
				return -1;
			depth -= (size_t)ended;
		} while (ended);
		if (closers[depth - 1] == '}' && member_name(scan))
			return -1;
	}
}

int json_scan(const char *text, size_t len, struct json_numbers *numbers, struct err *err)
{
	struct scan scan = { text, text, text + len, numbers, err };

	if (len > JSON_SIZE_MAX)
		return err_set(err, ERR_SPEC, "parse", "the document has %zu bytes, the limit is %u", len,
			       JSON_SIZE_MAX);
	skip_space(&scan);
	if (document(&scan))
		return -1;
	skip_space(&scan);
	if (scan.at < scan.end)
		return fail(&scan, "unexpected text after the document");
	return 0;
}
