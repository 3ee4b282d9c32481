/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values under v1's names, as v2's files take them. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/number.h"
#include "plan/convert.h"
#include "plan/key.h"
#include "plan/key_internal.h"

/* v1's bytes: -1, and what it reads back as, is none. */
static int parse_v1_bytes(const struct plan_key_use *use, const char *text, uint64_t *bytes, struct err *err)
{
	if (!strcmp(text, "-1") || !strcmp(text, "max"))
		*bytes = UINT64_MAX;
	else if (number_bytes(text, bytes))
		return plan_key_expected(err, use, text, "bytes (4096, 512M) or -1");
	if (*bytes >= PLAN_V1_NO_LIMIT)
		*bytes = UINT64_MAX;
	return 0;
}

static int parse_soft(const struct plan_key_context *context, const struct plan_key_use *use,
		      const char *text, const char **value, struct err *err)
{
	uint64_t bytes, most;

	if (parse_v1_bytes(use, text, &bytes, err))
		return -1;
	number_u64(PLAN_V1_SOFT_MAX, &most);
	if (bytes == UINT64_MAX)
		*value = "0";
	else
		*value = bytes >= most ? "max" : arena_printf(context->arena, "%" PRIu64, bytes);
	return 0;
}

/* The sum less the memory limit, which must be there. */
static int parse_memsw(const struct plan_key_context *context, const struct plan_key_use *use,
		       const char *text, const char **value, struct err *err)
{
	const char *limit = context->read(context->data, "memory.max");
	uint64_t both, memory;

	if (parse_v1_bytes(use, text, &both, err))
		return -1;
	*value = "max";
	if (both == UINT64_MAX)
		return 0;
	if (!limit || number_u64(limit, &memory))
		return plan_key_expected(err, use, text,
					 "memory.max to be set first: this is memory and swap together");
	if (both < memory)
		return plan_key_expected(err, use, text,
					 arena_printf(context->arena, "at least memory.max (%s)", limit));
	*value = arena_printf(context->arena, "%" PRIu64, both - memory);
	return 0;
}

static int parse_range(const struct plan_key_use *use, const char *text, uint64_t range[2], uint64_t *number,
		       struct err *err)
{
	if (number_u64(text, number) == 0 && *number >= range[0] && *number <= range[1])
		return 0;
	err_set(err, ERR_USAGE, "", "expected %" PRIu64 " to %" PRIu64 ", found \"%.100s\"", range[0],
		range[1], text);
	return err_object(err, "%s", use->name);
}

static int parse_bandwidth(const struct plan_key_context *context, const struct plan_key_use *use,
			   const char *text, const char **value, struct err *err)
{
	const char *now = context->read(context->data, "cpu.max");
	bool period = use->form == PLAN_FORM_PERIOD;
	uint64_t usec, range[2] = { 1000, period ? 1000000 : UINT64_C(1) << 44 };

	*value = "max";
	if (!period && (!strcmp(text, "-1") || !strcmp(text, "max")))
		return 0;
	if (parse_range(use, text, range, &usec, err))
		return -1;
	if (period)
		*value = arena_printf(context->arena, "%.*s %" PRIu64, now ? (int)strcspn(now, " ") : 3,
				      now ? now : "max", usec);
	else
		*value = arena_printf(context->arena, "%" PRIu64, usec);
	return 0;
}

/* "8:0 1048576"; 0 is no limit. */
static int parse_throttle(const struct plan_key_context *context, const struct plan_key_use *use,
			  const char *text, const char **value, struct err *err)
{
	const char *limit = plan_io_limits[use->form - PLAN_FORM_THROTTLE].v2;
	size_t len = strcspn(text, " ");
	const char *number = text + len + strspn(text + len, " ");
	uint64_t rate;

	if (!memchr(text, ':', len) || number_bytes(number, &rate))
		return plan_key_expected(err, use, text, "\"MAJOR:MINOR NUMBER\"");
	*value = rate ? arena_printf(context->arena, "%.*s %s=%" PRIu64, (int)len, text, limit, rate)
		      : arena_printf(context->arena, "%.*s %s=max", (int)len, text, limit);
	return 0;
}

int plan_key_parse_alias(const struct plan_key_context *context, const struct plan_key_use *use,
			 const char *text, const char **value, struct err *err)
{
	uint64_t number;

	switch (use->form) {
	case PLAN_FORM_SOFT:
		return parse_soft(context, use, text, value, err);
	case PLAN_FORM_MEMSW:
		return parse_memsw(context, use, text, value, err);
	case PLAN_FORM_QUOTA:
	case PLAN_FORM_PERIOD:
		return parse_bandwidth(context, use, text, value, err);
	case PLAN_FORM_SHARES:
		if (parse_range(use, text, (uint64_t[]){ 2, 262144 }, &number, err))
			return -1;
		*value = arena_printf(context->arena, "%llu", plan_cpu_weight(number));
		return 0;
	case PLAN_FORM_BLKIO:
		if (parse_range(use, text, (uint64_t[]){ 10, 1000 }, &number, err))
			return -1;
		*value = arena_printf(context->arena, "default %u", plan_io_weight((unsigned)number));
		return 0;
	case PLAN_FORM_FREEZER:
		if (strcmp(text, "FROZEN") != 0 && strcmp(text, "THAWED") != 0)
			return plan_key_expected(err, use, text, "FROZEN or THAWED");
		*value = *text == 'F' ? "1" : "0";
		return 0;
	default:
		return parse_throttle(context, use, text, value, err);
	}
}
