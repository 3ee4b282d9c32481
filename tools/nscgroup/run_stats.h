/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run --stats */
#ifndef NSTOOLS_NSCGROUP_RUN_STATS_H
#define NSTOOLS_NSCGROUP_RUN_STATS_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct run_cgroup;

struct run_stats_report {
	uint64_t elapsed_usec;
	int status; /* of the command, as a shell has it */
	bool json;
	const char *output; /* a file; NULL: standard error */
};

int run_stats_print(struct run_cgroup *cgroup, const struct run_stats_report *report, struct err *err);

#endif
