/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readers of lists: strings, pairs, names. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/read.h"
#include "spec/types.h"

static int read_strings(struct reader *r, const struct json_at *array, bool absolute,
			struct spec_strings *value)
{
	struct json_at item = { 0 };

	value->given = true;
	value->items = arena_array(r->arena, json_count(array) + 1, sizeof(*value->items));
	while (json_next(array, &item)) {
		const char *text;

		if (json_read_string(&item, &text, r->err))
			return -1;
		if (absolute && *text != '/')
			return spec_read_expected(r, &item, "an absolute path");
		value->items[value->count++] = arena_strdup(r->arena, text);
	}
	return 0;
}

int spec_read_strings(struct reader *r, const struct json_at *at, const char *key, struct spec_strings *value)
{
	struct json_at array;

	if (spec_read_array(r, at, key, &array))
		return -1;
	return array.node ? read_strings(r, &array, false, value) : 0;
}

int spec_read_paths(struct reader *r, const struct json_at *at, const char *key, struct spec_strings *value)
{
	struct json_at array;

	if (spec_read_array(r, at, key, &array))
		return -1;
	return array.node ? read_strings(r, &array, true, value) : 0;
}

int spec_read_pairs(struct reader *r, const struct json_at *at, const char *key, struct spec_pairs *value)
{
	struct json_at object, item = { 0 };

	if (spec_read_object(r, at, key, &object))
		return -1;
	value->items = arena_array(r->arena, json_count(&object), sizeof(*value->items));
	while (json_next(&object, &item)) {
		const char *text;

		if (json_read_string(&item, &text, r->err))
			return -1;
		if (!*item.key)
			return json_error(&item, r->err, "the member's name is empty");
		value->items[value->count].key = arena_strdup(r->arena, item.key);
		value->items[value->count++].value = arena_strdup(r->arena, text);
	}
	return 0;
}

/* "expected a namespace (user, cgroup, ...), found ...". */
static int not_a_name(struct reader *r, const struct json_at *at, const struct spec_names *names)
{
	auto_strbuf struct strbuf text = { 0 };

	strbuf_puts(&text, names->what);
	for (size_t i = 0; i < names->count; i++)
		strbuf_printf(&text, "%s%s", i ? ", " : " (", names->items[i].name);
	strbuf_puts(&text, ")");
	return spec_read_expected(r, at, text.text);
}

int spec_read_name_at(struct reader *r, const struct json_at *at, const struct spec_names *names,
		      uint64_t *value)
{
	const char *text;

	if (json_read_string(at, &text, r->err))
		return -1;
	return spec_names_find(names, text, value) ? not_a_name(r, at, names) : 0;
}

int spec_read_name(struct reader *r, const struct json_at *at, const char *key,
		   const struct spec_names *names, uint64_t *value)
{
	struct json_at member = spec_read_member(r, at, key);

	return member.node ? spec_read_name_at(r, &member, names, value) : 0;
}

int spec_read_flags(struct reader *r, const struct json_at *at, const char *key,
		    const struct spec_names *names, uint64_t *value)
{
	struct json_at array, item = { 0 };
	uint64_t bit;

	if (spec_read_array(r, at, key, &array))
		return -1;
	while (json_next(&array, &item)) {
		if (spec_read_name_at(r, &item, names, &bit))
			return -1;
		*value |= bit;
	}
	return 0;
}
