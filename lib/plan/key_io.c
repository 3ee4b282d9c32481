/* SPDX-License-Identifier: GPL-2.0-or-later */
/* io.max and io.weight: a line a device. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/number.h"
#include "plan/convert.h"
#include "plan/key.h"
#include "plan/key_internal.h"

/* "8:0" */
static bool is_device(const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);

	return colon && colon > text && colon + 1 < text + len &&
	       strspn(text, "0123456789") == (size_t)(colon - text) &&
	       strspn(colon + 1, "0123456789") == (size_t)(text + len - colon - 1);
}

static const struct plan_io_limit *find_limit(const char *text, size_t len)
{
	for (size_t i = 0; i < PLAN_IO_LIMITS; i++)
		if (strlen(plan_io_limits[i].v2) == len && !memcmp(plan_io_limits[i].v2, text, len))
			return &plan_io_limits[i];
	return NULL;
}

/* "rbps=10M", "wiops=max": as the kernel's file takes it, or NULL. */
static const char *read_limit(struct arena *arena, const char *word)
{
	const char *equal = strchr(word, '=');
	const struct plan_io_limit *limit = equal ? find_limit(word, (size_t)(equal - word)) : NULL;
	uint64_t number;

	if (!limit)
		return NULL;
	if (!strcmp(equal + 1, "max"))
		return word;
	/* Bytes a second have units, operations none. */
	if (limit->v2[1] == 'b' ? number_bytes(equal + 1, &number) : number_u64(equal + 1, &number))
		return NULL;
	return number ? arena_printf(arena, "%s=%" PRIu64, limit->v2, number) : NULL;
}

static int parse_max(const struct plan_key_context *context, const struct plan_key_use *use, const char *text,
		     const char **value, struct err *err)
{
	size_t len = strcspn(text, " ");
	const char *result = arena_printf(context->arena, "%.*s", (int)len, text);
	unsigned count = 0;

	if (!is_device(text, len))
		return plan_key_expected(err, use, text,
					 "\"DEVICE rbps=10M wiops=max\", DEVICE as 8:0 or /dev/sda");
	for (const char *at = text + len; *(at += strspn(at, " ")); at += strcspn(at, " "), count++) {
		const char *word = read_limit(
			context->arena, arena_printf(context->arena, "%.*s", (int)strcspn(at, " "), at));

		if (!word)
			return plan_key_expected(
				err, use, text,
				"rbps=, wbps= (bytes a second), riops=, wiops= (operations), each "
				"above 0 or max");
		result = arena_printf(context->arena, "%s %s", result, word);
	}
	if (!count)
		return plan_key_expected(err, use, text, "rbps=, wbps=, riops= or wiops= behind the device");
	*value = result;
	return 0;
}

/* "200", "default 200", "8:0 200", "8:0 default" */
static int parse_weight(const struct plan_key_context *context, const struct plan_key_use *use,
			const char *text, const char **value, struct err *err)
{
	const char *space = strchr(text, ' '), *number = space ? space + 1 : text;
	size_t len = space ? (size_t)(space - text) : 0;
	bool device = space && is_device(text, len);
	int64_t weight;

	if (device && !strcmp(number, "default"))
		return 0;
	if (space && !device && (len != 7 || memcmp(text, "default", 7) != 0))
		return plan_key_expected(err, use, text, "a weight, or \"DEVICE WEIGHT\"");
	if (number_i64(number, &weight) || weight < use->key->min || weight > use->key->max)
		return plan_key_expected(
			err, use, text,
			arena_printf(context->arena, "%d to %d", (int)use->key->min, (int)use->key->max));
	*value = device ? text : arena_printf(context->arena, "default %s", number);
	return 0;
}

int plan_key_parse_io(const struct plan_key_context *context, const struct plan_key_use *use,
		      const char *text, const char **value, struct err *err)
{
	return (use->key->kind == PLAN_KEY_IO_MAX ? parse_max : parse_weight)(context, use, text, value, err);
}
