/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The single limits of `update`: text to numbers, each within its range. */
#ifndef NSTOOLS_NSINIT_UPDATE_LIMITS_H
#define NSTOOLS_NSINIT_UPDATE_LIMITS_H

#include <stdbool.h>

struct err;
struct spec_resources;

enum update_limit {
	UPDATE_MEMORY,
	UPDATE_MEMORY_RESERVATION,
	UPDATE_MEMORY_SWAP,
	UPDATE_KERNEL_MEMORY,
	UPDATE_KERNEL_MEMORY_TCP,
	UPDATE_CPU_SHARES,
	UPDATE_CPU_QUOTA,
	UPDATE_CPU_PERIOD,
	UPDATE_CPU_BURST,
	UPDATE_CPU_RT_RUNTIME,
	UPDATE_CPU_RT_PERIOD,
	UPDATE_CPU_IDLE,
	UPDATE_CPUSET_CPUS,
	UPDATE_CPUSET_MEMS,
	UPDATE_PIDS,
	UPDATE_BLKIO_WEIGHT,
	UPDATE_LIMIT_COUNT
};

struct update_limits {
	const char *texts[UPDATE_LIMIT_COUNT]; /* as given, NULL: not */
};

bool update_limits_are_empty(const struct update_limits *limits);
/* Into resources; an ERR_USAGE names the option. Lists of CPUs and nodes keep the text's memory. */
int update_limits_apply(const struct update_limits *limits, struct spec_resources *resources,
			struct err *err);

#endif
