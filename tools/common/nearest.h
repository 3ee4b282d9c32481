/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_COMMON_NEAREST_H
#define NSTOOLS_COMMON_NEAREST_H

#include <stddef.h>

/*
 * How many letters must be put in, taken out, changed or swapped to make one
 * word (its first `length` letters) of the other: for "did you mean". Words
 * above 63 letters are far from everything.
 */
size_t nearest_distance(const char *typed, size_t length, const char *word);
/* Is a distance small enough to suggest the word? */
#define NEAREST_MAX(length) ((length) < 4 ? 1U : (length) < 8 ? 2U : 3U)

#endif
