/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user writes as what the kernel's file of v2 takes: units, percent, ranges. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/number.h"
#include "plan/convert.h"
#include "plan/key.h"
#include "plan/key_internal.h"

#define DEFAULT_PERIOD 100000u
#define PAGE 4096u

int(plan_key_expected)(struct err *err, const struct plan_key_use *use, const char *text, const char *what)
{
	err_set(err, ERR_USAGE, "", "expected %s, found \"%.100s\"", what, text);
	return err_object(err, "%s", use->name);
}

static int out_of_range(struct err *err, const struct plan_key_use *use, const char *text, int64_t min,
			int64_t max)
{
	err_set(err, ERR_USAGE, "", "expected %" PRId64 " to %" PRId64 ", found \"%.100s\"", min, max, text);
	return err_object(err, "%s", use->name);
}

static const char *print_u64(struct arena *arena, uint64_t value)
{
	return arena_printf(arena, "%" PRIu64, value);
}

/* "10%", "12.5%" in hundredths of a percent. */
static bool parse_percent(const char *text, uint64_t *hundredths)
{
	size_t len = strlen(text), digits = strspn(text, "0123456789.");
	char copy[16];
	double value;

	if (len < 2 || text[len - 1] != '%' || digits != len - 1 || digits >= sizeof(copy) || *text == '.')
		return false;
	memcpy(copy, text, digits);
	copy[digits] = '\0';
	value = strtod(copy, NULL) * 100 + 0.5;
	if (value > 1e9 || strchr(copy, '.') != strrchr(copy, '.'))
		return false;
	*hundredths = (uint64_t)value;
	return true;
}

/* 100% of what this key's percent is of; 0 where it has none. */
static uint64_t whole_of(const struct plan_key_context *context, const struct plan_key_use *use)
{
	if (!strncmp(use->file, "memory.swap.", 12))
		return context->swap;
	if (!strncmp(use->file, "memory.", 7))
		return context->memory;
	return !strcmp(use->file, "pids.max") ? context->pids : 0;
}

static int parse_amount(const struct plan_key_context *context, const struct plan_key_use *use,
			const char *text, const char **value, struct err *err)
{
	bool bytes = use->key->kind == PLAN_KEY_BYTES;
	uint64_t number, hundredths;

	if (!strcmp(text, "max") || (use->form == PLAN_FORM_LIMIT && !strcmp(text, "-1"))) {
		*value = "max";
		return 0;
	}
	if (parse_percent(text, &hundredths)) {
		uint64_t whole = whole_of(context, use);

		if (!whole)
			return plan_key_expected(err, use, text,
						 "a number: this host has none of it to take a part of");
		if (hundredths > 10000)
			return plan_key_expected(err, use, text, "at most 100%");
		number = (uint64_t)((double)whole / 10000 * (double)hundredths);
		number = bytes ? number / PAGE * PAGE : number;
	} else if (bytes ? number_bytes(text, &number) : number_u64(text, &number)) {
		return plan_key_expected(err, use, text,
					 bytes ? "bytes (4096, 512M, 1.5G), a percentage (10%) or max"
					       : "a number or max");
	}
	/* v1's "no limit", read back. */
	if (use->form == PLAN_FORM_LIMIT && number >= PLAN_V1_NO_LIMIT) {
		*value = "max";
		return 0;
	}
	if (number > (uint64_t)use->key->max)
		return out_of_range(err, use, text, use->key->min, use->key->max);
	*value = print_u64(context->arena, number);
	return 0;
}

static int parse_number(const struct plan_key_context *context, const struct plan_key_use *use,
			const char *text, const char **value, struct err *err)
{
	int64_t number;

	if (number_i64(text, &number))
		return plan_key_expected(err, use, text, "a number");
	if (number < use->key->min || number > use->key->max)
		return out_of_range(err, use, text, use->key->min, use->key->max);
	*value = arena_printf(context->arena, "%" PRId64, number);
	return 0;
}

/* Plain digits are microseconds, as in the kernel's files; "50ms" is a time. */
static bool parse_usec(const char *text, uint64_t *usec)
{
	return number_u64(text, usec) == 0 ||
	       (text[strspn(text, "0123456789.")] && number_usec(text, usec) == 0);
}

static int parse_time(const struct plan_key_context *context, const struct plan_key_use *use,
		      const char *text, const char **value, struct err *err)
{
	uint64_t usec;

	if (!parse_usec(text, &usec) || usec > INT64_MAX)
		return plan_key_expected(err, use, text, "microseconds, or a time (50ms)");
	*value = print_u64(context->arena, usec);
	return 0;
}

static int parse_list(const struct plan_key_use *use, const char *text, const char **value, struct err *err)
{
	const char *at = text;

	while (*at) {
		unsigned long first = 0, last;
		char *end = NULL;

		if (*at < '0' || *at > '9')
			return plan_key_expected(err, use, text, "a list of numbers (0-3,8)");
		first = last = strtoul(at, &end, 10);
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (first > last || (*end && (*end != ',' || !end[1])))
			return plan_key_expected(err, use, text, "a list of numbers (0-3,8)");
		at = end + (*end == ',');
	}
	*value = text;
	return 0;
}

static int check_quota(struct err *err, const struct plan_key_use *use, const char *text, uint64_t quota)
{
	if (quota >= 1000 && quota <= UINT64_C(1) << 44)
		return 0;
	return plan_key_expected(err, use, text, "a quota of at least 1000 us");
}

/* "max", "50%", "50000", "50ms", each with a period behind it or not. */
static int parse_cpu_max(const struct plan_key_context *context, const struct plan_key_use *use,
			 const char *text, const char **value, struct err *err)
{
	size_t len = strcspn(text, " ");
	const char *first = arena_printf(context->arena, "%.*s", (int)len, text);
	const char *second = text + len + strspn(text + len, " ");
	uint64_t period = DEFAULT_PERIOD, quota, hundredths;

	if (*second && !parse_usec(second, &period))
		return plan_key_expected(err, use, text, "\"QUOTA PERIOD\" in microseconds, or max");
	if (*second && (period < 1000 || period > 1000000))
		return plan_key_expected(err, use, text, "a period of 1000 to 1000000 us");
	if (!strcmp(first, "max")) {
		*value = *second ? arena_printf(context->arena, "max %" PRIu64, period) : "max";
		return 0;
	}
	if (parse_percent(first, &hundredths)) {
		quota = period * hundredths / 10000;
	} else if (!parse_usec(first, &quota)) {
		return plan_key_expected(err, use, text,
					 "a time in each period (50000, 50ms), a percentage or max");
	}
	if (check_quota(err, use, text, quota))
		return -1;
	/* A percentage is one of this period. */
	*value = *second || strchr(first, '%')
			 ? arena_printf(context->arena, "%" PRIu64 " %" PRIu64, quota, period)
			 : print_u64(context->arena, quota);
	return 0;
}

/* cpus=1.5 */
static int parse_cpus(const struct plan_key_context *context, const struct plan_key_use *use,
		      const char *text, const char **value, struct err *err)
{
	size_t digits = strspn(text, "0123456789."), len = strlen(text);
	double cpus;

	if (!strcmp(text, "max")) {
		*value = "max 100000";
		return 0;
	}
	if (!digits || digits != len || len > 12 || *text == '.' || strchr(text, '.') != strrchr(text, '.'))
		return plan_key_expected(err, use, text, "a number of CPUs (1.5) or max");
	cpus = strtod(text, NULL);
	if (cpus < 0.01 || cpus > 100000)
		return plan_key_expected(err, use, text, "0.01 to 100000 CPUs");
	*value = arena_printf(context->arena, "%" PRIu64 " %u", (uint64_t)(cpus * DEFAULT_PERIOD + 0.5),
			      DEFAULT_PERIOD);
	return 0;
}

int plan_key_parse(const struct plan_key_context *context, const struct plan_key_use *use, const char *text,
		   const char **value, struct err *err)
{
	*value = text;
	if (strchr(text, '\n'))
		return plan_key_expected(err, use, text, "one line");
	if (!use->key)
		return 0;
	if (use->key->read_only) {
		err_set(err, ERR_USAGE, "", "is a figure that cannot be set");
		return err_object(err, "%s", use->name);
	}
	if (use->form == PLAN_FORM_CPUS)
		return parse_cpus(context, use, text, value, err);
	if (use->form != PLAN_FORM_V2 && use->form != PLAN_FORM_LIMIT)
		return plan_key_parse_alias(context, use, text, value, err);
	switch (use->key->kind) {
	case PLAN_KEY_BYTES:
	case PLAN_KEY_COUNT:
		return parse_amount(context, use, text, value, err);
	case PLAN_KEY_NUMBER:
		return parse_number(context, use, text, value, err);
	case PLAN_KEY_TIME:
		return parse_time(context, use, text, value, err);
	case PLAN_KEY_LIST:
		return parse_list(use, text, value, err);
	case PLAN_KEY_CPU_MAX:
		return parse_cpu_max(context, use, text, value, err);
	case PLAN_KEY_IO_MAX:
	case PLAN_KEY_IO_WEIGHT:
		return plan_key_parse_io(context, use, text, value, err);
	default:
		return 0;
	}
}
