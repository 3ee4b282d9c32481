/* SPDX-License-Identifier: GPL-2.0-or-later */
/* v1's files as v2's values. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/number.h"
#include "plan/convert.h"
#include "plan/key.h"
#include "plan/key_internal.h"
#include "plan/key_v1.h"

static const char *amount(const struct plan_key_context *context, uint64_t number)
{
	if (number == PLAN_KEY_V1_UNKNOWN)
		return NULL;
	return number == PLAN_KEY_V1_NONE ? "max" : arena_printf(context->arena, "%" PRIu64, number);
}

/* The sum less the memory in it. */
static const char *swap_of(const struct plan_key_context *context, const char *both, const char *memory)
{
	uint64_t sum = plan_key_v1_number(context, both), part = plan_key_v1_number(context, memory);

	if (sum >= PLAN_KEY_V1_UNKNOWN || part >= PLAN_KEY_V1_UNKNOWN)
		return amount(context, sum);
	return amount(context, sum > part ? sum - part : 0);
}

static const char *soft_limit(const struct plan_key_context *context, bool low)
{
	const char *text = context->read(context->data, "memory.soft_limit_in_bytes");

	if (!text)
		return NULL;
	if (!strcmp(text, PLAN_V1_SOFT_MAX))
		return "max";
	text = amount(context, plan_key_v1_number(context, "memory.soft_limit_in_bytes"));
	return low && text && !strcmp(text, "max") ? "0" : text;
}

static const char *cpu_max(const struct plan_key_context *context)
{
	const char *quota = context->read(context->data, "cpu.cfs_quota_us");
	const char *period = context->read(context->data, "cpu.cfs_period_us");

	if (!quota || !period)
		return NULL;
	return arena_printf(context->arena, "%s %s", *quota == '-' ? "max" : quota, period);
}

/* The number behind a device's name in one of the four files; 0: none. */
static uint64_t throttle_of(const char *text, const char *device, size_t len)
{
	for (const char *line = text; line && *line; line += *line == '\n') {
		if (!strncmp(line, device, len) && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
		line += strcspn(line, "\n");
	}
	return 0;
}

static const char *io_line(const struct plan_key_context *context, const char *const texts[PLAN_IO_LIMITS],
			   const char *device, size_t len)
{
	const char *line = arena_printf(context->arena, "%.*s", (int)len, device);

	for (size_t i = 0; i < PLAN_IO_LIMITS; i++) {
		uint64_t rate = throttle_of(texts[i], device, len);

		line = rate ? arena_printf(context->arena, "%s %s=%" PRIu64, line, plan_io_limits[i].v2, rate)
			    : arena_printf(context->arena, "%s %s=max", line, plan_io_limits[i].v2);
	}
	return line;
}

static const char *io_max(const struct plan_key_context *context)
{
	const char *texts[PLAN_IO_LIMITS], *result = "";
	bool found = false;

	for (size_t i = 0; i < PLAN_IO_LIMITS; i++) {
		texts[i] = context->read(context->data, plan_io_limits[i].v1);
		found = found || texts[i];
	}
	for (size_t i = 0; i < PLAN_IO_LIMITS; i++)
		for (const char *line = texts[i]; line && *line; line += *line == '\n') {
			size_t len = strcspn(line, " \n");
			bool told = false;

			/* A device that an earlier file has too was told there. */
			for (size_t j = 0; j < i && !told; j++)
				told = throttle_of(texts[j], line, len) != 0;
			if (!told)
				result = arena_printf(context->arena, "%s%s%s", result, *result ? "\n" : "",
						      io_line(context, texts, line, len));
			line += strcspn(line, "\n");
		}
	return found ? result : NULL;
}

/* "100"; of the devices "default 100" and "8:0 200". */
static const char *io_weight(const struct plan_key_context *context, const struct plan_key_use *use)
{
	bool bfq = !strcmp(use->key->name, "io.bfq.weight");
	const char *file = plan_key_v1_weight_file(context, bfq), *text = context->read(context->data, file);
	const char *devices, *result;
	unsigned weight;

	if (!text)
		return NULL;
	weight = (unsigned)strtoul(text + strcspn(text, "0123456789"), NULL, 10);
	result = arena_printf(context->arena, "default %u", bfq ? weight : plan_io_weight(weight));
	devices = context->read(context->data, arena_printf(context->arena, "%s_device", file));
	for (const char *line = devices; line && *line; line += *line == '\n') {
		size_t len = strcspn(line, " \n");

		weight = (unsigned)strtoul(line + len, NULL, 10);
		if (memchr(line, ':', len))
			result = arena_printf(context->arena, "%s\n%.*s %u", result, (int)len, line,
					      bfq ? weight : plan_io_weight(weight));
		line += strcspn(line, "\n");
	}
	return result;
}

const char *plan_key_from_v1(const struct plan_key_context *context, const struct plan_key_use *use)
{
	const char *name = use->key->name, *file = plan_key_v1_file(context->arena, use), *text;

	if (!strcmp(name, "memory.swap.max"))
		return swap_of(context, "memory.memsw.limit_in_bytes", "memory.limit_in_bytes");
	if (!strcmp(name, "memory.swap.current"))
		return swap_of(context, "memory.memsw.usage_in_bytes", "memory.usage_in_bytes");
	if (!strcmp(name, "memory.low") || !strcmp(name, "memory.high"))
		return soft_limit(context, !use->key->approximate);
	if (!strcmp(name, "cpu.max"))
		return cpu_max(context);
	if (use->key->kind == PLAN_KEY_IO_MAX)
		return io_max(context);
	if (use->key->kind == PLAN_KEY_IO_WEIGHT)
		return io_weight(context, use);
	if (!strcmp(name, "cpu.weight")) {
		text = context->read(context->data, "cpu.shares");
		return text ? arena_printf(context->arena, "%llu", plan_cpu_weight(strtoull(text, NULL, 10)))
			    : NULL;
	}
	if (!file)
		return NULL;
	if (!strcmp(name, "cgroup.freeze")) {
		text = context->read(context->data, file);
		return !text ? NULL : *text == 'T' ? "0" : "1";
	}
	return use->key->kind == PLAN_KEY_BYTES ? amount(context, plan_key_v1_number(context, file))
						: context->read(context->data, file);
}
