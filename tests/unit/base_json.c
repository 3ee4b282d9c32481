/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON reader: what it refuses and where, 64-bit integers, pointers, printing. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"

static const struct parse_case {
	const char *text, *error; /* NULL: good */
} parse_cases[] = {
	{ "{}" },
	{ " \t\r\n[1, -2, 3.5, 1e9, true, false, null, \"\"] " },
	{ "\"\\u00e4\\ud83d\\ude00\\n\"" },
	{ "", "parse: line 1, column 1: expected a value, found the end (f)" },
	{ "[1,\n 2,\n x]", "parse: line 3, column 2: expected a value (f)" },
	{ "[1,]", "parse: line 1, column 4: expected a value (f)" },
	{ "{\"a\":1,}", "parse: line 1, column 8: expected a member name in quotes (f)" },
	{ "{\"a\" 1}", "parse: line 1, column 6: expected ':' after the member name (f)" },
	{ "{\"a\":1 \"b\":2}", "parse: line 1, column 8: expected ',' or '}' (f)" },
	{ "[1 2]", "parse: line 1, column 4: expected ',' or ']' (f)" },
	{ "[1}", "parse: line 1, column 3: expected ',' or ']' (f)" },
	{ "01", "parse: line 1, column 2: unexpected text after the document (f)" },
	{ "1.", "parse: line 1, column 3: expected a digit after the decimal point (f)" },
	{ "1e", "parse: line 1, column 3: expected a digit in the exponent (f)" },
	{ "+1", "parse: line 1, column 1: expected a value (f)" },
	{ "NaN", "parse: line 1, column 1: expected a value (f)" },
	{ "'a'", "parse: line 1, column 1: expected a value (f)" },
	{ "\"a", "parse: line 1, column 3: the string does not end (f)" },
	{ "\"\\x\"", "parse: line 1, column 3: unknown escape in a string (f)" },
	{ "\"\\u12g4\"", "parse: line 1, column 6: expected four hexadecimal digits after \\u (f)" },
	{ "{} // comment", "parse: line 1, column 4: unexpected text after the document (f)" },
	{ "{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", "the member \"b\" occurs twice (f: /a)" },
};

Test(json, parse)
{
	for (size_t i = 0; i < ARRAY_SIZE(parse_cases); i++) {
		const struct parse_case *c = &parse_cases[i];
		struct err err = { 0 };
		struct json *json = json_parse(c->text, strlen(c->text), "f", &err);
		char text[2048];

		cr_expect_eq(!json, c->error != NULL, "%s", c->text);
		cr_expect_str_eq(err_text(&err, text, sizeof(text)), c->error ? c->error : "", "%s", c->text);
		json_free(json);
	}
}

static const struct integer_case {
	const char *text;
	int i64, u64; /* results */
	int64_t signed_value;
	uint64_t unsigned_value;
} integer_cases[] = {
	{ .text = "0" },
	{ .text = "9007199254740993", .signed_value = 9007199254740993, .unsigned_value = 9007199254740993 },
	{ .text = "9223372036854775807", .signed_value = INT64_MAX, .unsigned_value = INT64_MAX },
	{ .text = "9223372036854775808", .i64 = -1, .unsigned_value = UINT64_C(9223372036854775808) },
	{ .text = "18446744073709551615", .i64 = -1, .unsigned_value = UINT64_MAX },
	{ .text = "18446744073709551616", .i64 = -1, .u64 = -1 },
	{ .text = "-9223372036854775808", .signed_value = INT64_MIN, .u64 = -1 },
	{ .text = "-9223372036854775809", .i64 = -1, .u64 = -1 },
	{ .text = "1.0", .i64 = -1, .u64 = -1 },
	{ .text = "1e3", .i64 = -1, .u64 = -1 },
	{ .text = "\"1\"", .i64 = -1, .u64 = -1 },
	{ .text = "true", .i64 = -1, .u64 = -1 },
};

Test(json, integers)
{
	for (size_t i = 0; i < ARRAY_SIZE(integer_cases); i++) {
		const struct integer_case *c = &integer_cases[i];
		struct err err = { 0 }, ignored = { 0 };
		struct json *json = json_parse(c->text, strlen(c->text), "f", &err);
		struct json_at at = json_root(json, "f");
		int64_t signed_value = 0;
		uint64_t unsigned_value = 0;

		cr_expect_eq(json_read_i64(&at, INT64_MIN, INT64_MAX, &signed_value, &err), c->i64, "%s",
			     c->text);
		cr_expect_eq(json_read_u64(&at, UINT64_MAX, &unsigned_value, &ignored), c->u64, "%s",
			     c->text);
		cr_expect_eq(signed_value, c->signed_value, "%s", c->text);
		cr_expect_eq(unsigned_value, c->unsigned_value, "%s", c->text);
		json_free(json);
	}
}

Test(json, places)
{
	static const char text[] = "{\"a/b\":[{\"c~d\":null,\"\":7}]}";
	struct err err = { 0 };
	struct json *json = json_parse(text, strlen(text), "f", &err);
	struct json_at root = json_root(json, "f"), list = json_member(&root, "a/b"),
		       item = json_element(&list, 0);
	struct json_at absent = json_member(&item, "c~d"), empty = json_member(&item, "");
	char pointer[64];

	cr_expect_null(absent.node);
	cr_expect_not_null(empty.node);
	cr_expect_str_eq(json_pointer(&root, pointer, sizeof(pointer)), "");
	cr_expect_str_eq(json_pointer(&absent, pointer, sizeof(pointer)), "/a~1b/0/c~0d");
	cr_expect_str_eq(json_pointer(&empty, pointer, sizeof(pointer)), "/a~1b/0/");
	cr_expect_eq(json_count(&list), 1);
	cr_expect_eq(json_count(&absent), 0);
	json_free(json);
}

Test(json, print)
{
	auto_strbuf struct strbuf text = { 0 };
	struct json *json = json_object(), *list;

	json_set_string(json, "path", "/a\n\"b\"");
	json_set_string(json, "absent", NULL);
	json_set_u64(json, "max", UINT64_MAX);
	json_set_i64(json, "min", INT64_MIN);
	list = json_set_array(json, "list");
	json_add_u64(list, 1);
	json_add_string(list, "x");
	json_print(json, false, &text);
	cr_expect_str_eq(text.text, "{\"path\":\"/a\\n\\\"b\\\"\",\"max\":18446744073709551615,"
				    "\"min\":-9223372036854775808,\"list\":[1,\"x\"]}");
	json_free(json);
}
