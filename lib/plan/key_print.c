/* SPDX-License-Identifier: GPL-2.0-or-later */
/* v2's values as the name that was asked for has them, and as people read them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/number.h"
#include "plan/convert.h"
#include "plan/key.h"

/* "150000 100000" is 1.5 CPUs; at most three decimals. */
static const char *cpus(struct arena *arena, const char *value)
{
	uint64_t quota = strtoull(value, NULL, 10), period = strtoull(value + strcspn(value, " "), NULL, 10);
	uint64_t thousandths = period ? (quota * 1000 + period / 2) / period : 0;
	char *text;

	if (!strncmp(value, "max", 3))
		return "max";
	text = arena_printf(arena, "%" PRIu64 ".%03u", thousandths / 1000, (unsigned)(thousandths % 1000));
	for (size_t len = strlen(text); text[len - 1] == '0' || text[len - 1] == '.'; len--) {
		bool dot = text[len - 1] == '.';

		text[len - 1] = '\0';
		if (dot)
			break;
	}
	return text;
}

static const char *memory_and_swap(const struct plan_key_context *context, const struct plan_key_use *use,
				   const char *value)
{
	bool usage = use->key->read_only;
	const char *memory = context->read(context->data, usage ? "memory.current" : "memory.max");
	uint64_t a, b;

	if (!memory || number_u64(memory, &a) || number_u64(value, &b))
		return "max";
	return arena_printf(context->arena, "%" PRIu64, a + b);
}

/* "8:0 rbps=1 wbps=max ...", a line a device: of one limit, as its v1 file has it. */
static const char *throttle(struct arena *arena, const char *value, const char *limit)
{
	const char *result = "", *name = arena_printf(arena, " %s=", limit);

	for (const char *line = value; *line; line += *line == '\n') {
		size_t len = strcspn(line, "\n");
		const char *found = memmem(line, len, name, strlen(name));

		if (found && strncmp(found + strlen(name), "max", 3) != 0)
			result = arena_printf(arena, "%s%s%.*s %" PRIu64, result, *result ? "\n" : "",
					      (int)strcspn(line, " "), line,
					      (uint64_t)strtoull(found + strlen(name), NULL, 10));
		line += len;
	}
	return result;
}

const char *plan_key_form(const struct plan_key_context *context, const struct plan_key_use *use,
			  const char *value)
{
	struct arena *arena = context->arena;
	size_t space = strcspn(value, " ");

	switch (use->form) {
	case PLAN_FORM_V2:
	case PLAN_FORM_LIMIT:
		return value;
	case PLAN_FORM_CPUS:
		return cpus(arena, value);
	case PLAN_FORM_SOFT:
		return !strcmp(value, "0") ? "max" : !strcmp(value, "max") ? PLAN_V1_SOFT_MAX : value;
	case PLAN_FORM_MEMSW:
		return memory_and_swap(context, use, value);
	case PLAN_FORM_SHARES:
		return arena_printf(arena, "%" PRIu64, plan_cpu_shares(strtoull(value, NULL, 10)));
	case PLAN_FORM_QUOTA:
		return !strncmp(value, "max", 3) ? "-1" : arena_printf(arena, "%.*s", (int)space, value);
	case PLAN_FORM_PERIOD:
		return value[space] ? value + space + 1 : value;
	case PLAN_FORM_BLKIO:
		return arena_printf(
			arena, "%u",
			plan_blkio_weight((unsigned)strtoul(value + strcspn(value, "0123456789"), NULL, 10)));
	case PLAN_FORM_FREEZER:
		return *value == '1' ? "FROZEN" : "THAWED";
	default:
		return throttle(arena, value, plan_io_limits[use->form - PLAN_FORM_THROTTLE].v2);
	}
}

const char *plan_key_human(struct arena *arena, const struct plan_key_use *use, const char *value)
{
	static const char letters[] = "EPTGMK";
	uint64_t number;

	if (!use->key || use->key->kind != PLAN_KEY_BYTES || number_u64(value, &number))
		return value;
	for (int i = 0; letters[i]; i++) {
		uint64_t unit = UINT64_C(1) << (10 * (6 - i)), tenths;

		if (number < unit || number > UINT64_MAX / 10 || number * 10 % unit)
			continue;
		tenths = number * 10 / unit;
		if (tenths % 10)
			return arena_printf(arena, "%" PRIu64 ".%u%c", tenths / 10, (unsigned)(tenths % 10),
					    letters[i]);
		return arena_printf(arena, "%" PRIu64 "%c", tenths / 10, letters[i]);
	}
	return value;
}
