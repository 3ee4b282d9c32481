/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/timestamp.h"

/* Every day from 1970 to 2400 as gmtime_r(3) has it. */
Test(base_timestamp, as_the_c_library)
{
	for (time_t day = 0; day < 157000; day++) {
		struct timespec time = { .tv_sec = day * 86400 + day % 86400, .tv_nsec = day };
		char buf[TIMESTAMP_SIZE], seconds[32], expected[TIMESTAMP_SIZE + 16];
		struct tm tm;

		gmtime_r(&time.tv_sec, &tm);
		strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
		snprintf(expected, sizeof(expected), "%s.%09ldZ", seconds, time.tv_nsec);
		cr_assert_str_eq(timestamp_print(&time, buf), expected);
	}
}

/* Before the epoch and far ahead there is no such text: something of the right form all the same. */
Test(base_timestamp, out_of_range)
{
	char buf[TIMESTAMP_SIZE];

	cr_expect_str_eq(timestamp_print(&(struct timespec){ .tv_sec = -1 }, buf),
			 "1970-01-01T00:00:00.000000000Z");
	cr_expect_eq(strlen(timestamp_print(&(struct timespec){ .tv_sec = (time_t)1 << 60 }, buf)),
		     TIMESTAMP_SIZE - 1);
}
