/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by stats.c, stats_v1.c and stats_v2.c alone. */
#ifndef NSTOOLS_KERN_CGROUP_STATS_INTERNAL_H
#define NSTOOLS_KERN_CGROUP_STATS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kern_cgroup;
struct kern_cgroup_io_device;
struct kern_cgroup_stats;

/* A file, and for a keyed one the key, and the field of struct kern_cgroup_stats that takes its number. */
struct stats_number {
	const char *file;
	size_t offset;
};

struct stats_key {
	const char *key;
	size_t offset;
	unsigned divisor; /* 0: as it is; 1000: nanoseconds */
};

#define STATS_AT(member) offsetof(struct kern_cgroup_stats, member)

/* What is absent leaves the fields unknown. */
void stats_add_numbers(const struct kern_cgroup *group, struct kern_cgroup_stats *stats,
		       const struct stats_number *numbers, size_t count);
void stats_add_keys(const struct kern_cgroup *group, struct kern_cgroup_stats *stats, const char *file,
		    const struct stats_key *keys, size_t count);
/* The entry of a device, made when there is none; NULL when there are too many. */
struct kern_cgroup_io_device *stats_device(struct kern_cgroup_stats *stats, uint32_t major, uint32_t minor);
/* hugetlb: for each page size the four files named by their ends ("current", "max", ...; NULL: none). */
struct stats_hugetlb_names {
	const char *usage, *limit, *peak, *failures;
};
void stats_add_hugetlb(const struct kern_cgroup *group, struct kern_cgroup_stats *stats,
		       const struct stats_hugetlb_names *names);

void stats_add_v1(const struct kern_cgroup *group, const char *controllers, struct kern_cgroup_stats *stats);
void stats_add_v2(const struct kern_cgroup *group, const char *controllers, struct kern_cgroup_stats *stats);
/* NULL controllers: everything is looked for. */
bool stats_wants(const char *controllers, const char *name);

#endif
