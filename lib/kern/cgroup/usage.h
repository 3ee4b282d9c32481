/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few figures of a group that a table of thousands of groups shows: a handful of system calls a group. */
#ifndef NSTOOLS_KERN_CGROUP_USAGE_H
#define NSTOOLS_KERN_CGROUP_USAGE_H

#include <stdint.h>

struct kern_cgroup;

/* Bytes, microseconds, counts; KERN_CGROUP_UNKNOWN (kern/cgroup/stats.h) what this host does not tell. */
struct kern_cgroup_usage {
	uint64_t memory, cpu, pids, read_bytes, write_bytes;
};

void kern_cgroup_usage_init(struct kern_cgroup_usage *usage);
/*
 * Add what one group tells: v1's of each hierarchy first, then v2's.
 * `controllers` are the hierarchy's. A group that is gone adds nothing.
 */
void kern_cgroup_usage_add(const struct kern_cgroup *group, const char *controllers,
			   struct kern_cgroup_usage *usage);

#endif
