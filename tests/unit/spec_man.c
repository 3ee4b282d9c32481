/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The specs in nsinit-spec(5) are read: every literal display that begins with "{". */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "spec/spec.h"
#include "spec/types.h"

static void expect_good(const char *text, size_t len)
{
	struct err err = { 0 };
	struct spec *spec = spec_read(text, len, "nsinit-spec.5", "/b", &err);
	char found[2048];

	cr_assert(spec, "%s in\n%.*s", err_text(&err, found, sizeof(found)), (int)len, text);
	cr_expect_eq(spec->unknown.count, 0);
	cr_expect_eq(spec->warnings.count, 0);
	spec_free(spec);
}

Test(spec, examples_of_the_man_page)
{
	static const char start[] = ".Bd -literal -offset indent\n{", end[] = "\n.Ed";
	auto_free char *page = NULL;
	size_t len, count = 0;

	cr_assert_eq(file_read_at(AT_FDCWD, TEST_DIR "/../man/nsinit-spec.5", 1 << 20, &page, &len), 0);
	for (char *at = page; (at = strstr(at, start)); count++) {
		char *first = at + strlen(start) - 1;

		at = strstr(first, end);
		cr_assert(at);
		expect_good(first, (size_t)(at - first));
	}
	cr_expect_eq(count, 3);
}

Test(spec, schema_of_our_key_is_json)
{
	auto_free char *text = NULL;
	struct err err = { 0 };
	struct json *json;
	size_t len;

	cr_assert_eq(file_read_at(AT_FDCWD, TEST_DIR "/../man/nsinit-spec.schema.json", 1 << 20, &text, &len),
		     0);
	json = json_parse(text, len, "schema", &err);
	cr_expect(json, "%s", err.message);
	json_free(json);
}
