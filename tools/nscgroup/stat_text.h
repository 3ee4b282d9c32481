/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_NSCGROUP_STAT_TEXT_H
#define NSTOOLS_NSCGROUP_STAT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

struct json;

/* run_cgroup_stats_json() for people: "memory.current  12.3M", a line each; `exact`: as JSON has them. */
void stat_text_print(const struct json *stats, bool exact, FILE *out);

#endif
