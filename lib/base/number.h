/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one strict number parser: the whole string must be the number. No
 * leading space, sign (but '-' where negative is allowed), or trailing text;
 * overflow is an error. Each returns 0, or -1 and leaves *value alone.
 */
#ifndef NSTOOLS_BASE_NUMBER_H
#define NSTOOLS_BASE_NUMBER_H

#include <stdint.h>

int number_u64(const char *text, uint64_t *value);
int number_i64(const char *text, int64_t *value);
int number_u32(const char *text, uint32_t *value);
int number_int(const char *text, int *value);

/* A uid or gid: 0 to 4294967294; 4294967295 is the kernel's "no id". */
int number_id(const char *text, uint32_t *value);

/* An octal mode, "0" to "7777". */
int number_mode(const char *text, uint32_t *value);

/* Bytes: "4096", "512K", "256M", "1.5G", "2T" (powers of 1024, an optional "iB" or "B" behind the letter). */
int number_bytes(const char *text, uint64_t *value);

/* A time: "10" (seconds), "1.5s", "200ms", "3m", "1h" to microseconds. */
int number_usec(const char *text, uint64_t *value);

#endif
