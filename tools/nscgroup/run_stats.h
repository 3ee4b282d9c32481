/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command of `nscgroup run --stats` used. Include kern/cgroup/stats.h first. */
#ifndef NSTOOLS_NSCGROUP_RUN_STATS_H
#define NSTOOLS_NSCGROUP_RUN_STATS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct run_stats_report {
	struct kern_cgroup_stats stats;
	uint64_t elapsed_usec;
	int status;
	bool json;
	FILE *out;
};

void run_stats_print(const struct run_stats_report *report);

#endif
