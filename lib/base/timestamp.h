/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_BASE_TIMESTAMP_H
#define NSTOOLS_BASE_TIMESTAMP_H

#include <stddef.h>
#include <time.h>

#define TIMESTAMP_SIZE sizeof("2026-11-25T02:45:52.542910073Z")

/* The time as RFC 3339 has it, in UTC with nanoseconds: from 1970 to 9999. Returns buf. */
const char *timestamp_print(const struct timespec *time, char buf[TIMESTAMP_SIZE]);
const char *timestamp_now(char buf[TIMESTAMP_SIZE]);

#endif
