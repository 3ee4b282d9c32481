/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsinit update's single limits: text to numbers. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "nsinit/update_limits.h"
#include "spec/types.h"

static const struct limit_case {
	enum update_limit limit;
	const char *text;
	int64_t value;
	const char *error; /* NULL: none */
} limit_cases[] = {
	{ .limit = UPDATE_MEMORY, .text = "256M", .value = 268435456 },
	{ .limit = UPDATE_MEMORY, .text = "-1", .value = -1 },
	{ .limit = UPDATE_MEMORY, .text = "9223372036854775807", .value = INT64_MAX },
	{ .limit = UPDATE_MEMORY,
	  .text = "9223372036854775808",
	  .error = "--memory: expected bytes (256M) or -1, found \"9223372036854775808\"" },
	{ .limit = UPDATE_MEMORY,
	  .text = "0",
	  .error = "--memory: expected bytes (256M) or -1, found \"0\"" },
	{ .limit = UPDATE_MEMORY,
	  .text = "-2",
	  .error = "--memory: expected bytes (256M) or -1, found \"-2\"" },
	{ .limit = UPDATE_MEMORY, .text = "", .error = "--memory: expected bytes (256M) or -1, found \"\"" },
	{ .limit = UPDATE_CPU_QUOTA, .text = "-1", .value = -1 },
	{ .limit = UPDATE_CPU_QUOTA, .text = "1000", .value = 1000 },
	{ .limit = UPDATE_CPU_QUOTA,
	  .text = "0",
	  .error = "--cpu-quota: expected microseconds, 1000 or more, or -1, found \"0\"" },
	{ .limit = UPDATE_CPU_IDLE, .text = "1", .value = 1 },
	{ .limit = UPDATE_CPU_IDLE, .text = "-1", .error = "--cpu-idle: expected 0 or 1, found \"-1\"" },
	{ .limit = UPDATE_PIDS, .text = "0", .value = 0 },
	{ .limit = UPDATE_PIDS,
	  .text = "10x",
	  .error = "--pids-limit: expected a number or -1, found \"10x\"" },
};

static struct spec_i64 limit_of(const struct spec_resources *resources, enum update_limit limit)
{
	switch (limit) {
	case UPDATE_MEMORY:
		return resources->memory.limit;
	case UPDATE_CPU_QUOTA:
		return resources->cpu.quota;
	case UPDATE_CPU_IDLE:
		return resources->cpu.idle;
	default:
		return resources->pids_limit;
	}
}

Test(nsinit_update_limits, signed_numbers)
{
	for (size_t i = 0; i < sizeof(limit_cases) / sizeof(limit_cases[0]); i++) {
		const struct limit_case *c = &limit_cases[i];
		struct update_limits limits = { 0 };
		struct spec_resources resources = { 0 };
		struct err err = { 0 };
		char text[2048];
		int result;

		limits.texts[c->limit] = c->text;
		result = update_limits_apply(&limits, &resources, &err);

		cr_expect_eq(result, c->error ? -1 : 0, "\"%s\" gives %d", c->text, result);
		cr_expect_str_eq(err_text(&err, text, sizeof(text)), c->error ? c->error : "");
		cr_expect_eq(limit_of(&resources, c->limit).given, !c->error, "\"%s\"", c->text);
		cr_expect_eq(limit_of(&resources, c->limit).value, c->value, "\"%s\"", c->text);
	}
}

Test(nsinit_update_limits, all_at_once)
{
	struct update_limits limits = { .texts = { "1M", "2M", "3M", "4M", "5M", "6", "7000", "8000", "9",
						   "10", "11", "1", "0-1", "0", "14", "15" } };
	struct spec_resources r = { 0 };
	struct err err = { 0 };

	cr_assert_eq(update_limits_apply(&limits, &r, &err), 0, "%s", err.message);
	cr_expect(r.given);
	cr_expect(r.memory.limit.given && r.memory.limit.value == 1 << 20);
	cr_expect(r.memory.reservation.given && r.memory.reservation.value == 2 << 20);
	cr_expect(r.memory.swap.given && r.memory.swap.value == 3 << 20);
	cr_expect(r.memory.kernel.given && r.memory.kernel.value == 4 << 20);
	cr_expect(r.memory.kernel_tcp.given && r.memory.kernel_tcp.value == 5 << 20);
	cr_expect(r.cpu.shares.given && r.cpu.shares.value == 6);
	cr_expect(r.cpu.quota.given && r.cpu.quota.value == 7000);
	cr_expect(r.cpu.period.given && r.cpu.period.value == 8000);
	cr_expect(r.cpu.burst.given && r.cpu.burst.value == 9);
	cr_expect(r.cpu.realtime_runtime.given && r.cpu.realtime_runtime.value == 10);
	cr_expect(r.cpu.realtime_period.given && r.cpu.realtime_period.value == 11);
	cr_expect(r.cpu.idle.given && r.cpu.idle.value == 1);
	cr_expect_str_eq(r.cpu.cpus, "0-1");
	cr_expect_str_eq(r.cpu.mems, "0");
	cr_expect(r.pids_limit.given && r.pids_limit.value == 14);
	cr_expect(r.block_io.has_weight && r.block_io.weight == 15);
}

Test(nsinit_update_limits, empty)
{
	struct update_limits limits = { 0 };

	cr_expect(update_limits_are_empty(&limits));
	limits.texts[UPDATE_BLKIO_WEIGHT] = "";
	cr_expect(!update_limits_are_empty(&limits));
}
