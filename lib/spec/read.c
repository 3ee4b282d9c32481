/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/read.h"
#include "spec/types.h"

struct reader_asked {
	const struct json *object;
	const char *key;
};

struct json_at spec_read_member(struct reader *r, const struct json_at *at, const char *key)
{
	if (r->asked_count == r->asked_size) {
		r->asked_size = r->asked_size ? r->asked_size * 2 : 64;
		r->asked = memory_grow(r->asked, r->asked_size, sizeof(*r->asked));
	}
	r->asked[r->asked_count++] = (struct reader_asked){ at->node, key };
	return json_member(at, key);
}

int spec_read_object(struct reader *r, const struct json_at *at, const char *key, struct json_at *member)
{
	*member = spec_read_member(r, at, key);
	return member->node ? json_read_object(member, r->err) : 0;
}

int spec_read_array(struct reader *r, const struct json_at *at, const char *key, struct json_at *member)
{
	*member = spec_read_member(r, at, key);
	return member->node ? json_read_array(member, r->err) : 0;
}

int spec_read_ignore(struct reader *r, const struct json_at *at, const char *key)
{
	spec_read_member(r, at, key);
	return 0;
}

int spec_read_refuse(struct reader *r, const struct json_at *at, const char *key)
{
	struct json_at member = spec_read_member(r, at, key);

	if (!member.node)
		return 0;
	json_error(&member, r->err, "not supported yet by this version");
	r->err->kind = ERR_UNSUPPORTED;
	return -1;
}

/* The objects are read depth first, so what was asked of this one stands at the end of the list. */
static size_t asked_start(const struct reader *r, const struct json_at *at)
{
	size_t i = r->asked_count;

	while (i > 0 && r->asked[i - 1].object == at->node)
		i--;
	return i;
}

static bool was_asked(const struct reader *r, size_t start, const char *key)
{
	for (size_t i = start; i < r->asked_count; i++)
		if (!strcmp(r->asked[i].key, key))
			return true;
	return false;
}

/* "arg" for "args": at most two edits, and less than half of the name. */
static const char *nearest(const struct reader *r, size_t start, const char *key)
{
	unsigned limit = strlen(key) < 5 ? 1 : 2, best = limit + 1;
	const char *near = "";

	for (size_t i = start; i < r->asked_count; i++) {
		unsigned distance = spec_name_distance(key, r->asked[i].key, limit);

		if (distance < best) {
			best = distance;
			near = r->asked[i].key;
		}
	}
	return near;
}

int spec_read_end(struct reader *r, const struct json_at *at)
{
	size_t start = asked_start(r, at);
	struct json_at item = { 0 };
	char pointer[1024];

	while (json_next(at, &item)) {
		if (was_asked(r, start, item.key) || r->spec->unknown.count >= READER_NOTES_MAX)
			continue;
		spec_add_string(r->arena, &r->spec->unknown, json_pointer(&item, pointer, sizeof(pointer)));
		spec_add_string(r->arena, &r->spec->unknown_near, nearest(r, start, item.key));
	}
	r->asked_count = start;
	return 0;
}

int spec_read_expected(struct reader *r, const struct json_at *at, const char *what)
{
	char found[80];

	return json_error(at, r->err, "expected %s, found %s", what, json_found(at, found, sizeof(found)));
}

int spec_read_required(struct reader *r, const struct json_at *at, const char *key)
{
	struct json_at member = json_member(at, key);

	return member.node ? 0 : json_error(&member, r->err, "required, but not given");
}

int spec_read_bool(struct reader *r, const struct json_at *at, const char *key, bool *value)
{
	struct json_at member = spec_read_member(r, at, key);

	return member.node ? json_read_bool(&member, value, r->err) : 0;
}

int spec_read_string(struct reader *r, const struct json_at *at, const char *key, const char **value)
{
	struct json_at member = spec_read_member(r, at, key);
	const char *text;

	if (!member.node)
		return 0;
	if (json_read_string(&member, &text, r->err))
		return -1;
	*value = arena_strdup(r->arena, text);
	return 0;
}

int spec_read_text(struct reader *r, const struct json_at *at, const char *key, const char **value)
{
	if (spec_read_string(r, at, key, value))
		return -1;
	if (*value && !**value)
		*value = NULL;
	return 0;
}

int spec_read_absolute(struct reader *r, const struct json_at *at, const char *key, const char **value)
{
	struct json_at member = json_member(at, key);

	if (spec_read_string(r, at, key, value))
		return -1;
	return !member.node || **value == '/' ? 0 : spec_read_expected(r, &member, "an absolute path");
}

int spec_read_opt_i64(struct reader *r, const struct json_at *at, const char *key, struct spec_i64 *value)
{
	struct json_at member = spec_read_member(r, at, key);

	value->given = member.node != NULL;
	return member.node ? json_read_i64(&member, INT64_MIN, INT64_MAX, &value->value, r->err) : 0;
}

int spec_read_opt_u64(struct reader *r, const struct json_at *at, const char *key, struct spec_u64 *value)
{
	struct json_at member = spec_read_member(r, at, key);

	value->given = member.node != NULL;
	return member.node ? json_read_u64(&member, UINT64_MAX, &value->value, r->err) : 0;
}

int spec_read_i64(struct reader *r, const struct json_at *at, const char *key, int64_t *value)
{
	struct spec_i64 number = { .value = *value };
	int ret = spec_read_opt_i64(r, at, key, &number);

	*value = number.value;
	return ret;
}

int spec_read_u64(struct reader *r, const struct json_at *at, const char *key, uint64_t *value)
{
	struct spec_u64 number = { .value = *value };
	int ret = spec_read_opt_u64(r, at, key, &number);

	*value = number.value;
	return ret;
}

int spec_read_int(struct reader *r, const struct json_at *at, const char *key, int *value)
{
	struct json_at member = spec_read_member(r, at, key);
	int64_t n = *value;

	if (member.node && json_read_i64(&member, INT32_MIN, INT32_MAX, &n, r->err))
		return -1;
	*value = (int)n;
	return 0;
}

static int read_limited(struct reader *r, const struct json_at *at, const char *key, uint64_t max,
			uint64_t *value)
{
	struct json_at member = spec_read_member(r, at, key);

	return member.node ? json_read_u64(&member, max, value, r->err) : 0;
}

int spec_read_u16(struct reader *r, const struct json_at *at, const char *key, uint16_t *value)
{
	uint64_t n = *value;

	if (read_limited(r, at, key, UINT16_MAX, &n))
		return -1;
	*value = (uint16_t)n;
	return 0;
}

int spec_read_u32(struct reader *r, const struct json_at *at, const char *key, uint32_t *value)
{
	uint64_t n = *value;

	if (read_limited(r, at, key, UINT32_MAX, &n))
		return -1;
	*value = (uint32_t)n;
	return 0;
}

int spec_read_id(struct reader *r, const struct json_at *at, const char *key, uint32_t *value)
{
	uint64_t n = *value;

	if (read_limited(r, at, key, UINT32_MAX - 1, &n))
		return -1;
	*value = (uint32_t)n;
	return 0;
}

void spec_add_string(struct arena *arena, struct spec_strings *list, const char *text)
{
	/* Grown by doubling; the old array stays in the arena. */
	if ((list->count & (list->count - 1)) == 0 || !list->items) {
		const char **items = arena_array(arena, list->count * 2 + 2, sizeof(*items));

		if (list->items)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
	}
	list->given = true;
	list->items[list->count++] = arena_strdup(arena, text);
	list->items[list->count] = NULL;
}

void spec_warn(struct reader *r, const struct json_at *at, const char *format, ...)
{
	char text[512], pointer[256];
	va_list ap;

	if (r->spec->warnings.count >= READER_NOTES_MAX)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	spec_add_string(r->arena, &r->spec->warnings,
			arena_printf(r->arena, "%s (%s: %s)", text, at->file,
				     json_pointer(at, pointer, sizeof(pointer))));
}
