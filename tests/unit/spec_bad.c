/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spec-bad/NAME.json must give the very error text in NAME.err. Add a pair of files to add a case. Names that
 * begin with P13, P14, C2 are assertions of the security checklist.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "spec/spec.h"
#include "spec_files.h"

static void expect_error(const char *name, const char *text, size_t len)
{
	char err_name[300], found[2048];
	auto_free char *expected = NULL;
	struct err err = { 0 };
	size_t err_len;
	struct spec *spec = spec_read(text, len, "config.json", "/bundle", &err);

	snprintf(err_name, sizeof(err_name), "%s.err", name);
	expected = spec_files_read("spec-bad", err_name, &err_len);
	if (err_len && expected[err_len - 1] == '\n')
		expected[err_len - 1] = '\0';
	cr_expect_null(spec, "%s is read without an error", name);
	spec_free(spec);
	err_text(&err, found, sizeof(found));
	cr_expect_str_eq(found, expected, "%s: expected \"%s\", found \"%s\"", name, expected, found);
}

Test(spec, bad)
{
	size_t count = spec_files_each("spec-bad", expect_error);

	cr_expect_geq(count, 179, "only %zu cases found", count);
}

static const struct part_case {
	const char *text, *error;
} process_cases[] = {
	{ "{}", "required, but not given (p.json: /args)" },
	{ "[]", "expected an object, found an array (p.json)" },
	{ "{\"args\":[\"sh\"]}", "required, but not given (p.json: /cwd)" },
	{ "{\"args\":[\"sh\"],\"cwd\":\"/\"}", NULL },
}, resource_cases[] = {
	{ "{}", NULL },
	{ "5", "expected an object, found the number 5 (p.json)" },
	{ "{\"memory\":{\"limit\":1.5}}",
	  "expected an integer from -1 to 9223372036854775807, found 1.5 (p.json: /memory/limit)" },
};

typedef struct spec *read_part(const char *text, size_t len, const char *file, struct err *err);

static void try_parts(read_part *read, const struct part_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct err err = { 0 };
		struct spec *spec = read(cases[i].text, strlen(cases[i].text), "p.json", &err);
		char text[2048];

		cr_expect_eq(!spec, cases[i].error != NULL, "%s", cases[i].text);
		cr_expect_str_eq(err_text(&err, text, sizeof(text)), cases[i].error ? cases[i].error : "");
		spec_free(spec);
	}
}

Test(spec, parts)
{
	try_parts(spec_read_process, process_cases, ARRAY_SIZE(process_cases));
	try_parts(spec_read_resources, resource_cases, ARRAY_SIZE(resource_cases));
}
