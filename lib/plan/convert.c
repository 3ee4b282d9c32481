/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/convert.h"

/* Base-2 logarithm, bit by bit: libm is one more library to load at every start. */
static double log2_of(double x)
{
	double result = 0, bit = 0.5;

	while (x >= 2) {
		x /= 2;
		result += 1;
	}
	for (int i = 0; i < 50; i++, bit /= 2) {
		x *= x;
		if (x >= 2) {
			x /= 2;
			result += bit;
		}
	}
	return result;
}

static double power_of_2(double x)
{
	double result = 1, term = 1;
	int whole = (int)x;
	double fraction = (x - whole) * 0.69314718055994530942;

	for (int i = 1; i < 25; i++) {
		term *= fraction / i;
		result += term;
	}
	for (; whole > 0; whole--)
		result *= 2;
	return result;
}

unsigned long long plan_cpu_weight(uint64_t shares)
{
	double l, weight;
	unsigned long long whole;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = log2_of((double)shares);
	weight = power_of_2(((l * l + 125 * l) / 612 - 7.0 / 34) * 3.32192809488736234787);
	/* 1024 is exactly 100: what is a hair above a whole number is that number. */
	whole = (unsigned long long)weight;
	return weight - (double)whole > 1e-6 ? whole + 1 : whole;
}

uint64_t plan_cpu_shares(uint64_t weight)
{
	uint64_t low = 2, high = 262144;

	while (low < high) {
		uint64_t middle = (low + high + 1) / 2;

		if (plan_cpu_weight(middle) <= weight)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

unsigned plan_io_weight(unsigned weight)
{
	return weight <= 10 ? 1 : 1 + (weight - 10) * 9999 / 990;
}

unsigned plan_blkio_weight(unsigned weight)
{
	if (weight <= 1)
		return 10;
	return weight >= 10000 ? 1000 : 10 + ((weight - 1) * 990 + 9998) / 9999;
}

const struct plan_io_limit plan_io_limits[PLAN_IO_LIMITS] = {
	[PLAN_IO_READ_BPS] = { "rbps", "blkio.throttle.read_bps_device" },
	[PLAN_IO_WRITE_BPS] = { "wbps", "blkio.throttle.write_bps_device" },
	[PLAN_IO_READ_IOPS] = { "riops", "blkio.throttle.read_iops_device" },
	[PLAN_IO_WRITE_IOPS] = { "wiops", "blkio.throttle.write_iops_device" },
};
