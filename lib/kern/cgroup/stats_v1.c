/* SPDX-License-Identifier: GPL-2.0-or-later */
/* admin-guide/cgroup-v1/: memory, cpuacct, blkio-controller, pids, hugetlb. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/stats.h"
#include "kern/cgroup/stats_internal.h"

static const struct stats_number memory_numbers[] = {
	{ "memory.usage_in_bytes", STATS_AT(memory.usage) },
	{ "memory.limit_in_bytes", STATS_AT(memory.limit) },
	{ "memory.max_usage_in_bytes", STATS_AT(memory.peak) },
	{ "memory.soft_limit_in_bytes", STATS_AT(memory.low) },
	{ "memory.kmem.usage_in_bytes", STATS_AT(memory.kernel) },
	{ "memory.kmem.tcp.usage_in_bytes", STATS_AT(memory.kernel_tcp) },
	{ "memory.failcnt", STATS_AT(memory.max_events) },
};

/* "total_": with the groups below, as v2 counts. */
static const struct stats_key memory_keys[] = {
	{ "total_rss", STATS_AT(memory.anon), 0 },
	{ "total_cache", STATS_AT(memory.file), 0 },
	{ "total_inactive_file", STATS_AT(memory.inactive_file), 0 },
	{ "total_pgfault", STATS_AT(memory.page_faults), 0 },
	{ "total_pgmajfault", STATS_AT(memory.major_faults), 0 },
	{ "total_swap", STATS_AT(memory.swap), 0 },
};

static const struct stats_key oom_keys[] = {
	{ "oom_kill", STATS_AT(memory.oom_kill), 0 }, /* 4.13 */
};

static const struct stats_key cpu_keys[] = {
	{ "nr_periods", STATS_AT(cpu.periods), 0 },
	{ "nr_throttled", STATS_AT(cpu.throttled), 0 },
	{ "throttled_time", STATS_AT(cpu.throttled_time), 1000 },
};

static const struct stats_number pids_numbers[] = {
	{ "pids.current", STATS_AT(pids) },
	{ "pids.max", STATS_AT(pids_limit) },
	{ "pids.peak", STATS_AT(pids_peak) },
};

static const struct stats_key pids_events[] = {
	{ "max", STATS_AT(pids_max_events), 0 },
};

/* v1 limits memory and swap together. */
static void add_swap_limit(const struct kern_cgroup *group, struct kern_cgroup_stats *stats)
{
	struct err ignored = { 0 };
	uint64_t both;

	if (kern_cgroup_read_number(group, "memory.memsw.limit_in_bytes", &both, &ignored) != 0)
		return;
	if (both == KERN_CGROUP_NO_LIMIT || stats->memory.limit == KERN_CGROUP_UNKNOWN)
		stats->memory.swap_limit = both;
	else
		stats->memory.swap_limit = both > stats->memory.limit ? both - stats->memory.limit : 0;
}

static void add_nanoseconds(const struct kern_cgroup *group, const char *file, uint64_t *us)
{
	struct err ignored = { 0 };
	uint64_t ns;

	if (kern_cgroup_read_number(group, file, &ns, &ignored) == 0)
		*us = ns / 1000;
}

/* "8:0 Read 4096", one line a device and operation, and a "Total" without device at the end. */
static void add_io(const struct kern_cgroup *group, const char *file, bool bytes,
		   struct kern_cgroup_stats *stats)
{
	struct err ignored = { 0 };
	char text[16 * 1024], *line, *save;

	if (kern_cgroup_read(group, file, text, sizeof(text), &ignored) < 0)
		return;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct kern_cgroup_io_device *device;
		unsigned long long value;
		unsigned major, minor;
		char operation[16];

		if (sscanf(line, "%u:%u %15s %llu", &major, &minor, operation, &value) != 4)
			continue;
		device = stats_device(stats, major, minor);
		if (!device)
			return;
		if (!strcmp(operation, "Read"))
			*(bytes ? &device->read_bytes : &device->reads) = value;
		else if (!strcmp(operation, "Write"))
			*(bytes ? &device->write_bytes : &device->writes) = value;
	}
}

void stats_add_v1(const struct kern_cgroup *group, const char *controllers, struct kern_cgroup_stats *stats)
{
	static const struct stats_hugetlb_names hugetlb = { "usage_in_bytes", "limit_in_bytes",
							    "max_usage_in_bytes", "failcnt" };

	if (stats_wants(controllers, "memory")) {
		stats_add_numbers(group, stats, memory_numbers, ARRAY_SIZE(memory_numbers));
		stats_add_keys(group, stats, "memory.stat", memory_keys, ARRAY_SIZE(memory_keys));
		stats_add_keys(group, stats, "memory.oom_control", oom_keys, ARRAY_SIZE(oom_keys));
		add_swap_limit(group, stats);
	}
	if (stats_wants(controllers, "cpuacct")) {
		add_nanoseconds(group, "cpuacct.usage", &stats->cpu.usage);
		add_nanoseconds(group, "cpuacct.usage_user", &stats->cpu.user);
		add_nanoseconds(group, "cpuacct.usage_sys", &stats->cpu.system);
	}
	if (stats_wants(controllers, "cpu"))
		stats_add_keys(group, stats, "cpu.stat", cpu_keys, ARRAY_SIZE(cpu_keys));
	if (stats_wants(controllers, "pids")) {
		stats_add_numbers(group, stats, pids_numbers, ARRAY_SIZE(pids_numbers));
		stats_add_keys(group, stats, "pids.events", pids_events, ARRAY_SIZE(pids_events));
	}
	if (stats_wants(controllers, "blkio")) {
		add_io(group, "blkio.throttle.io_service_bytes_recursive", true, stats);
		add_io(group, "blkio.throttle.io_serviced_recursive", false, stats);
	}
	if (stats_wants(controllers, "hugetlb"))
		stats_add_hugetlb(group, stats, &hugetlb);
}
