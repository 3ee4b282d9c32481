/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures of cgroups for people, rounded; NULL for what is unknown, "max" for no limit (kern/cgroup/stats.h). */
#ifndef NSTOOLS_COMMON_AMOUNT_H
#define NSTOOLS_COMMON_AMOUNT_H

#include <stdint.h>

struct arena;

const char *amount_bytes(struct arena *arena, uint64_t bytes); /* "512M", "1.5G" */
const char *amount_count(struct arena *arena, uint64_t count);
const char *amount_time(struct arena *arena, uint64_t usec); /* "1.234s" */

#endif
