/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readers of lists: strings, pairs, names, id maps. */
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

/* ---- id maps: user_namespaces(7) --------------------------------------- */

#define MAP_LINES_MAX 340 /* the kernel's limit since Linux 4.15 */

static bool overlap(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
	return a < (uint64_t)b + b_size && b < (uint64_t)a + a_size;
}

static int read_idmap(struct reader *r, const struct json_at *at, struct spec_idmap *map)
{
	if (json_read_object(at, r->err) || spec_read_required(r, at, "containerID") ||
	    spec_read_required(r, at, "hostID") || spec_read_required(r, at, "size") ||
	    spec_read_id(r, at, "containerID", &map->container_id) ||
	    spec_read_id(r, at, "hostID", &map->host_id) || spec_read_u32(r, at, "size", &map->size) ||
	    spec_read_end(r, at))
		return -1;
	if (!map->size)
		return json_error(at, r->err, "a mapping of size 0");
	if ((uint64_t)map->container_id + map->size > UINT32_MAX ||
	    (uint64_t)map->host_id + map->size > UINT32_MAX)
		return json_error(at, r->err, "the mapping goes beyond the last id, 4294967294");
	return 0;
}

static int check_overlap(struct reader *r, const struct json_at *at, const struct spec_idmaps *maps)
{
	const struct spec_idmap *new = &maps->items[maps->count];

	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_idmap *old = &maps->items[i];

		if (overlap(new->container_id, new->size, old->container_id, old->size))
			return json_error(at, r->err, "container ids overlap with those of mapping %zu", i);
		if (overlap(new->host_id, new->size, old->host_id, old->size))
			return json_error(at, r->err, "host ids overlap with those of mapping %zu", i);
	}
	return 0;
}

int spec_read_idmaps(struct reader *r, const struct json_at *at, const char *key, struct spec_idmaps *value)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, key, &array))
		return -1;
	if (json_count(&array) > MAP_LINES_MAX)
		return json_error(&array, r->err, "expected at most %d mappings, found %zu", MAP_LINES_MAX,
				  json_count(&array));
	value->items = arena_array(r->arena, json_count(&array), sizeof(*value->items));
	while (json_next(&array, &item)) {
		if (read_idmap(r, &item, &value->items[value->count]) || check_overlap(r, &item, value))
			return -1;
		value->count++;
	}
	return 0;
}
