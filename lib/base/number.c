/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/number.h"

static int parse(const char *text, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (!text || !*text)
		return -1;
	for (; *text; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (*text < '0' || digit >= base)
			return -1;
		if (__builtin_mul_overflow(n, base, &n) || __builtin_add_overflow(n, digit, &n) || n > max)
			return -1;
	}
	*value = n;
	return 0;
}

int number_u64(const char *text, uint64_t *value)
{
	return parse(text, 10, UINT64_MAX, value);
}

int number_i64(const char *text, int64_t *value)
{
	bool negative = text && *text == '-';
	uint64_t n;

	if (parse(text + negative, 10, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, &n))
		return -1;
	*value = negative ? (int64_t)(0 - n) : (int64_t)n;
	return 0;
}

int number_u32(const char *text, uint32_t *value)
{
	uint64_t n;

	if (parse(text, 10, UINT32_MAX, &n))
		return -1;
	*value = (uint32_t)n;
	return 0;
}

int number_int(const char *text, int *value)
{
	int64_t n;

	if (number_i64(text, &n) || n < INT32_MIN || n > INT32_MAX)
		return -1;
	*value = (int)n;
	return 0;
}

int number_id(const char *text, uint32_t *value)
{
	uint64_t n;

	if (parse(text, 10, UINT32_MAX - 1, &n))
		return -1;
	*value = (uint32_t)n;
	return 0;
}

int number_mode(const char *text, uint32_t *value)
{
	uint64_t n;

	if (parse(text, 8, 07777, &n))
		return -1;
	*value = (uint32_t)n;
	return 0;
}

/*
 * "DIGITS[.DIGITS]" up to the first other character, times scale, exactly:
 * the fraction is kept as a count of 10^-9. *end is what follows.
 */
static int parse_decimal(const char *text, const char **end, uint64_t *whole, uint64_t *nano)
{
	uint64_t unit = 1000000000;

	*whole = *nano = 0;
	if (!text || *text < '0' || *text > '9')
		return -1;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(*whole, 10, whole) ||
		    __builtin_add_overflow(*whole, (uint64_t)(*text - '0'), whole))
			return -1;
	if (*text == '.') {
		if (text[1] < '0' || text[1] > '9')
			return -1;
		for (text++; *text >= '0' && *text <= '9'; text++)
			*nano += (uint64_t)(*text - '0') * (unit /= 10);
	}
	*end = text;
	return 0;
}

static int scale(uint64_t whole, uint64_t nano, uint64_t by, uint64_t *value)
{
	__extension__ typedef unsigned __int128 wide;
	wide n = (wide)whole * by + (wide)nano * by / 1000000000;

	if (n > UINT64_MAX)
		return -1;
	*value = (uint64_t)n;
	return 0;
}

int number_bytes(const char *text, uint64_t *value)
{
	static const char letters[] = "KMGTPE";
	uint64_t whole, nano;
	const char *end, *letter;

	if (parse_decimal(text, &end, &whole, &nano))
		return -1;
	if (!*end)
		return nano ? -1 : (*value = whole, 0);
	letter = strchr(letters, *end >= 'a' && *end <= 'z' ? *end - 'a' + 'A' : *end);
	if (!letter)
		return strcmp(end, "B") || nano ? -1 : (*value = whole, 0);
	end++;
	if (*end && strcmp(end, "B") != 0 && strcmp(end, "iB") != 0)
		return -1;
	return scale(whole, nano, UINT64_C(1) << (10 * (letter - letters + 1)), value);
}

int number_usec(const char *text, uint64_t *value)
{
	static const struct {
		const char *unit;
		uint64_t usec;
	} units[] = {
		{ "", 1000000 }, { "s", 1000000 }, { "ms", 1000 }, { "us", 1 },
		{ "m", 60000000 }, { "h", UINT64_C(3600000000) },
	};
	uint64_t whole, nano;
	const char *end;

	if (parse_decimal(text, &end, &whole, &nano))
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(end, units[i].unit))
			return scale(whole, nano, units[i].usec, value);
	return -1;
}
