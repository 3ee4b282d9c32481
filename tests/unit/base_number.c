/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The strict number parser; security.md C2. */
#include <criterion/criterion.h>
#include <stdint.h>

#include "base/number.h"

static const struct id_case {
	const char *text;
	int result;
	uint32_t value;
} id_cases[] = {
	{ .text = "0", .value = 0 },
	{ .text = "1", .value = 1 },
	{ .text = "0001", .value = 1 },
	{ .text = "4294967294", .value = 4294967294 },
	{ .text = "4294967295", .result = -1 },
	{ .text = "4294967296", .result = -1 },
	{ .text = "18446744073709551617", .result = -1 },
	{ .text = "-1", .result = -1 },
	{ .text = "+1", .result = -1 },
	{ .text = "1x", .result = -1 },
	{ .text = " 1", .result = -1 },
	{ .text = "1 ", .result = -1 },
	{ .text = "", .result = -1 },
};

Test(number, id)
{
	for (size_t i = 0; i < sizeof(id_cases) / sizeof(id_cases[0]); i++) {
		const struct id_case *c = &id_cases[i];
		uint32_t value = 77;
		int result = number_id(c->text, &value);

		cr_expect_eq(result, c->result, "\"%s\" gives %d", c->text, result);
		cr_expect_eq(value, c->result ? 77 : c->value, "\"%s\" leaves %u", c->text, value);
	}
}

static const struct scaled_case {
	const char *text;
	int result;
	uint64_t value;
} bytes_cases[] = {
	{ .text = "0" },
	{ .text = "4096", .value = 4096 },
	{ .text = "512K", .value = 524288 },
	{ .text = "256MiB", .value = 268435456 },
	{ .text = "1.5G", .value = 1610612736 },
	{ .text = "2t", .value = UINT64_C(2199023255552) },
	{ .text = "15E", .value = UINT64_C(15) << 60 },
	{ .text = "16E", .result = -1 },
	{ .text = "18446744073709551615", .value = UINT64_MAX },
	{ .text = "18446744073709551616", .result = -1 },
	{ .text = "1.5", .result = -1 },
	{ .text = "-1", .result = -1 },
	{ .text = "1.K", .result = -1 },
	{ .text = "K", .result = -1 },
	{ .text = "1 K", .result = -1 },
	{ .text = "1KX", .result = -1 },
	{ .text = "", .result = -1 },
}, usec_cases[] = {
	{ .text = "10", .value = 10000000 },
	{ .text = "1.5s", .value = 1500000 },
	{ .text = "200ms", .value = 200000 },
	{ .text = "3m", .value = 180000000 },
	{ .text = "1h", .value = UINT64_C(3600000000) },
	{ .text = "1d", .result = -1 },
	{ .text = "s", .result = -1 },
	{ .text = "99999999999999999999h", .result = -1 },
	{ .text = "18446744073709h", .result = -1 },
};

static void try_scaled(int (*parse)(const char *, uint64_t *), const struct scaled_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = 0;

		cr_expect_eq(parse(cases[i].text, &value), cases[i].result, "\"%s\"", cases[i].text);
		cr_expect_eq(value, cases[i].value, "\"%s\" gives %llu", cases[i].text,
			     (unsigned long long)value);
	}
}

Test(number, scaled)
{
	try_scaled(number_bytes, bytes_cases, sizeof(bytes_cases) / sizeof(bytes_cases[0]));
	try_scaled(number_usec, usec_cases, sizeof(usec_cases) / sizeof(usec_cases[0]));
}

static const struct signed_case {
	const char *text;
	int result;
	int64_t value;
} signed_cases[] = {
	{ .text = "-9223372036854775808", .value = INT64_MIN },
	{ .text = "9223372036854775807", .value = INT64_MAX },
	{ .text = "-9223372036854775809", .result = -1 },
	{ .text = "9223372036854775808", .result = -1 },
	{ .text = "--1", .result = -1 },
	{ .text = "-", .result = -1 },
	{ .text = "+1", .result = -1 },
	{ .text = "-0" },
};

Test(number, signed_)
{
	for (size_t i = 0; i < sizeof(signed_cases) / sizeof(signed_cases[0]); i++) {
		int64_t value = 0;

		cr_expect_eq(number_i64(signed_cases[i].text, &value), signed_cases[i].result, "\"%s\"",
			     signed_cases[i].text);
		cr_expect_eq(value, signed_cases[i].value, "\"%s\"", signed_cases[i].text);
	}
}

Test(number, modes)
{
	uint32_t mode = 0;

	cr_expect_eq(number_mode("0755", &mode), 0);
	cr_expect_eq(mode, 0755);
	cr_expect_eq(number_mode("7777", &mode), 0);
	cr_expect_eq(number_mode("10000", &mode), -1);
	cr_expect_eq(number_mode("8", &mode), -1);
	cr_expect_eq(number_mode("", &mode), -1);
}
