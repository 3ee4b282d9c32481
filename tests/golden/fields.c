/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields.txt: every member of a spec as a path, "[]" for an array's elements and "*" for a map's keys, and
 * every value ("=") that has a name. Each must occur in a case that comes to a plan; those with "error "
 * before them, which are known and refused, in any case.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "golden.h"

static const char *const maps[] = { "annotations", "linux.netDevices", "linux.resources.rdma",
				    "linux.resources.unified", "linux.sysctl" };

static bool is_map(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		if (!strcmp(path, maps[i]))
			return true;
	return false;
}

static void add_paths(const struct json_at *at, const char *path, struct strbuf *set);

static void add_members(const struct json_at *at, const char *path, struct strbuf *set)
{
	struct json_at item = { 0 };

	while (json_next(at, &item)) {
		const char *key = json_is_array(at) ? "[]" : is_map(path) ? "*" : item.key;
		auto_free char *below =
			memory_printf("%s%s%s", path, *path && !json_is_array(at) ? "." : "", key);

		add_paths(&item, below, set);
	}
}

static void add_paths(const struct json_at *at, const char *path, struct strbuf *set)
{
	struct err err = { 0 };
	const char *text;

	strbuf_printf(set, "%s\n", path);
	if (json_is_string(at) && !json_read_string(at, &text, &err))
		strbuf_printf(set, "%s=%s\n", path, text);
	if (json_is_object(at) || json_is_array(at))
		add_members(at, path, set);
}

static void add_file(const char *name, const char *path, struct strbuf *set)
{
	struct err err = { 0 };
	struct json_at at;
	struct json *json;
	size_t len;
	auto_free char *text = golden_read(name, &len);

	if (!text)
		return;
	json = json_parse(text, len, name, &err);
	cr_assert(json, "%s: %s", name, err.message);
	at = json_root(json, name);
	add_paths(&at, path, set);
	json_free(json);
}

struct sets {
	struct strbuf planned, all;
};

static void add_case(const char *path, void *context)
{
	static const struct {
		const char *suffix, *path;
	} files[] = { { "json", "" }, { "process", "process" }, { "resources", "linux.resources" } };
	struct sets *sets = context;
	auto_free char *plan_name = memory_printf("%s.plan", path);
	size_t len;
	auto_free char *plan = golden_read(plan_name, &len);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_free char *name = memory_printf("%s.%s", path, files[i].suffix);

		add_file(name, files[i].path, &sets->all);
		if (plan)
			add_file(name, files[i].path, &sets->planned);
	}
}

static bool has_line(const char *lines, const char *line)
{
	auto_free char *whole = memory_printf("\n%s\n", line);

	return strstr(lines, whole) != NULL;
}

Test(golden, every_field_is_in_a_case)
{
	struct sets sets = { 0 };
	size_t len, count = golden_each(add_case, &sets);
	auto_free char *fields = golden_read("fields.txt", &len);
	char *rest = fields;

	cr_assert(fields && sets.planned.text);
	cr_expect_geq(count, 350);
	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		bool refused = !strncmp(line, "error ", 6);

		cr_expect(has_line(refused ? sets.all.text : sets.planned.text, refused ? line + 6 : line),
			  "no case with %s", line);
	}
	strbuf_free(&sets.planned);
	strbuf_free(&sets.all);
}

/* The unit tests' spec has every member that the reader knows (tests/unit/spec_good.c holds it to that). */
Test(golden, every_member_is_a_field)
{
	auto_strbuf struct strbuf known = { 0 };
	size_t len;
	auto_free char *fields = golden_read("fields.txt", &len);
	char *rest;

	add_file("../unit/spec-good/everything.json", "", &known);
	cr_assert(fields && known.text);
	rest = known.text;
	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		size_t end = strlen(line);
		bool element = end > 2 && !strcmp(line + end - 2, "[]");

		cr_expect(element || strchr(line, '=') || has_line(fields, line), "%s is not in fields.txt",
			  line);
	}
}
