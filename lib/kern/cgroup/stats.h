/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a group uses: the same fields from v1 and v2. Bytes, microseconds and
 * counts. A number the host cannot tell is KERN_CGROUP_UNKNOWN; "no limit" is
 * KERN_CGROUP_NO_LIMIT (kern/cgroup/file.h).
 */
#ifndef NSTOOLS_KERN_CGROUP_STATS_H
#define NSTOOLS_KERN_CGROUP_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kern_cgroup;

#define KERN_CGROUP_UNKNOWN (UINT64_MAX - 1)

struct kern_cgroup_memory_stats {
	uint64_t usage, limit, peak, low; /* low: v1's soft limit; NO_LIMIT there is "none" */
	uint64_t swap, swap_limit;	  /* swap alone, on v1 too (memsw - memory) */
	uint64_t anon, file, kernel, kernel_tcp, slab, inactive_file;
	uint64_t page_faults, major_faults;
	uint64_t max_events;	/* v2 memory.events max, v1 failcnt */
	uint64_t oom, oom_kill; /* v1 knows oom_kill only */
};

struct kern_cgroup_cpu_stats {
	uint64_t usage, user, system;		       /* us */
	uint64_t periods, throttled, throttled_time;   /* counts, us */
};

struct kern_cgroup_io_device {
	uint32_t major, minor;
	uint64_t read_bytes, write_bytes, reads, writes;
};

struct kern_cgroup_hugetlb_stats {
	char size[16]; /* "2MB", "1GB" */
	uint64_t usage, limit, peak, max_events;
};

struct kern_cgroup_pressure {
	bool known;
	/* hundredths of a percent; us */
	uint64_t some_avg10, some_avg60, some_avg300, some_total;
	uint64_t full_avg10, full_avg60, full_avg300, full_total;
};

#define KERN_CGROUP_IO_DEVICES_MAX 64
#define KERN_CGROUP_HUGETLB_MAX 8

struct kern_cgroup_stats {
	struct kern_cgroup_memory_stats memory;
	struct kern_cgroup_cpu_stats cpu;
	uint64_t pids, pids_limit, pids_peak, pids_max_events;
	struct kern_cgroup_io_device io[KERN_CGROUP_IO_DEVICES_MAX];
	size_t io_count;
	struct kern_cgroup_hugetlb_stats hugetlb[KERN_CGROUP_HUGETLB_MAX];
	size_t hugetlb_count;
	struct kern_cgroup_pressure cpu_pressure, memory_pressure, io_pressure;
};

/* All numbers KERN_CGROUP_UNKNOWN, all lists empty. */
void kern_cgroup_stats_init(struct kern_cgroup_stats *stats);

/*
 * Add what one group tells: on v1 call it for the container's group in each
 * hierarchy, on v2 once. `controllers` (",memory,", of the hierarchy) spares
 * looking for files that cannot be there; NULL looks for all. Files that are
 * absent leave their fields unknown; a group that was removed is an error
 * with errnum ENOENT or ENODEV.
 */
int kern_cgroup_stats_add(const struct kern_cgroup *group, const char *controllers,
			  struct kern_cgroup_stats *stats, struct err *err);

#endif
