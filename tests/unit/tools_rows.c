/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same cells as a table and as JSON. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "common/rows.h"

static const struct rows_column columns[] = {
	{ "ID", "id", ROWS_TEXT },
	{ "PID", "pid", ROWS_NUMBER },
	{ "PATH", "path", ROWS_TEXT },
	{ "", "secret", ROWS_JSON_ONLY },
};

#define EMPTY                                                                                                \
	{                                                                                                    \
		.columns = columns, .column_count = ARRAY_SIZE(columns)                                      \
	}
#define ADD(...) rows_add(&rows, (const char *const[]){ __VA_ARGS__ })

TestSuite(rows, .init = cr_redirect_stdout);

static void print(const struct rows *rows)
{
	rows_print(rows);
	fflush(stdout);
}

Test(rows, empty_table)
{
	struct rows auto_rows rows = EMPTY;

	print(&rows);
	cr_assert_stdout_eq_str("ID  PID  PATH\n");
}

Test(rows, table)
{
	struct rows auto_rows rows = EMPTY;

	ADD("web", "7", "/a", "x");
	ADD("a-long-one", "12345", "", "y");
	ADD("none", NULL, NULL, NULL);
	print(&rows);
	cr_assert_stdout_eq_str("ID            PID  PATH\n"
				"web             7  /a\n"
				"a-long-one  12345  -\n"
				"none            -  -\n");
}

/* Columns are counted, not bytes; what a terminal would obey is not shown to it. */
Test(rows, table_of_strange_text)
{
	struct rows auto_rows rows = EMPTY;

	ADD("b\xc3\xbc", "1", "\033[31mred\nline\x7f", NULL);
	ADD("abc", "2",
	    "\xc2\x9b"
	    "2J \xc2\xa9",
	    NULL);
	print(&rows);
	cr_assert_stdout_eq_str("ID   PID  PATH\n"
				"b\xc3\xbc     1  ?[31mred?line?\n"
				"abc    2  ?2J \xc2\xa9\n");
}

Test(rows, json)
{
	struct rows auto_rows rows = EMPTY;
	struct json *json;

	ADD("web", "18446744073709551615", "a\"b", "x");
	ADD("none", NULL, NULL, NULL);
	ADD("negative", "-5", "", "");
	ADD("word", "many", "", "");
	json = rows_json(&rows);
	rows_print_json(json, false);
	json_free(json);
	fflush(stdout);
	cr_assert_stdout_eq_str(
		"[{\"id\":\"web\",\"pid\":18446744073709551615,\"path\":\"a\\\"b\",\"secret\":\"x\"},"
		"{\"id\":\"none\",\"pid\":null,\"path\":null,\"secret\":null},"
		"{\"id\":\"negative\",\"pid\":-5,\"path\":\"\",\"secret\":\"\"},"
		"{\"id\":\"word\",\"pid\":\"many\",\"path\":\"\",\"secret\":\"\"}]\n");
}

Test(rows, many)
{
	struct rows auto_rows rows = EMPTY;
	char number[16];

	for (int i = 0; i < 1000; i++) {
		snprintf(number, sizeof(number), "%d", i);
		ADD("x", number, number, NULL);
	}
	cr_expect_eq(rows.count, 1000);
	cr_expect_str_eq(rows.cells[999 * ARRAY_SIZE(columns) + 2], "999");
}

Test(rows, full_disk)
{
	struct err err = { 0 };
	char text[256];
	auto_close int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	cr_assert_geq(full, 0);
	cr_assert_geq(dup3(full, STDOUT_FILENO, O_CLOEXEC), 0);
	fputs("something", stdout);
	cr_expect_eq(rows_flush(&err), -1);
	cr_expect_str_eq(err_text(&err, text, sizeof(text)),
			 "write standard output: No space left on device");
}
