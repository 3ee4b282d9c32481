/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>

#include "plan/convert.h"

/* The formula that runc 1.3.2 and crun 1.23 agree on; plan/ has no libm. */
static unsigned long long by_libm(double shares)
{
	double l = log2(shares), exact = pow(10, (l * l + 125 * l) / 612 - 7.0 / 34), nearest = round(exact);

	return (unsigned long long)(fabs(exact - nearest) < 1e-6 ? nearest : ceil(exact));
}

Test(plan, cpu_shares_become_a_weight)
{
	cr_expect_eq(plan_cpu_weight(0), 1);
	cr_expect_eq(plan_cpu_weight(2), 1);
	cr_expect_eq(plan_cpu_weight(1024), 100);
	cr_expect_eq(plan_cpu_weight(262144), 10000);
	cr_expect_eq(plan_cpu_weight(UINT64_MAX), 10000);
	for (uint64_t shares = 3; shares < 262144; shares++)
		cr_assert_eq(plan_cpu_weight(shares), by_libm((double)shares), "%lu shares",
			     (unsigned long)shares);
}

Test(plan, every_weight_has_its_shares)
{
	cr_expect_eq(plan_cpu_shares(0), 2);
	cr_expect_eq(plan_cpu_shares(1), 2);
	cr_expect_eq(plan_cpu_shares(100), 1024);
	cr_expect_eq(plan_cpu_shares(10000), 262144);
	cr_expect_eq(plan_cpu_shares(UINT64_MAX), 262144);
	for (uint64_t weight = 1; weight <= 10000; weight++)
		cr_assert_eq(plan_cpu_weight(plan_cpu_shares(weight)), weight, "weight %lu",
			     (unsigned long)weight);
}

Test(plan, block_io_weights)
{
	for (unsigned weight = 10; weight <= 1000; weight++)
		cr_assert_eq(plan_blkio_weight(plan_io_weight(weight)), weight, "weight %u", weight);
	cr_expect_eq(plan_blkio_weight(0), 10);
	cr_expect_eq(plan_blkio_weight(20000), 1000);
	cr_expect_eq(plan_io_weight(10), 1);
	cr_expect_eq(plan_io_weight(100), 910);
	cr_expect_eq(plan_io_weight(500), 4950);
	cr_expect_eq(plan_io_weight(1000), 10000);
}
