/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gmtime_r(3) would read /etc/localtime, of which UTC needs nothing: eight
 * system calls at every start.
 */
#include <stdbool.h>
#include <stdio.h>

#include "base/timestamp.h"

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_of_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month] + (month == 1 && is_leap(year));
}

const char *timestamp_print(const struct timespec *time, char buf[TIMESTAMP_SIZE])
{
	unsigned long long seconds = time->tv_sec > 0 ? (unsigned long long)time->tv_sec : 0;
	unsigned long long days = seconds / 86400;
	unsigned year = 1970, month = 0, second = (unsigned)(seconds % 86400);

	for (; year < 9999 && days >= (is_leap(year) ? 366U : 365U); year++)
		days -= is_leap(year) ? 366U : 365U;
	for (; month < 11 && days >= days_of_month(year, month); month++)
		days -= days_of_month(year, month);
	snprintf(buf, TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ", year % 10000, month + 1,
		 (unsigned)(days % 31) + 1, second / 3600, second / 60 % 60, second % 60,
		 (unsigned)time->tv_nsec % 1000000000);
	return buf;
}

const char *timestamp_now(char buf[TIMESTAMP_SIZE])
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return timestamp_print(&now, buf);
}
