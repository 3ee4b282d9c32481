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
