/* SPDX-License-Identifier: GPL-2.0-or-later */
/* admin-guide/cgroup-v2.rst, accounting/psi.rst. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/stats.h"
#include "kern/cgroup/stats_internal.h"

static const struct stats_number memory_numbers[] = {
	{ "memory.current", STATS_AT(memory.usage) },
	{ "memory.max", STATS_AT(memory.limit) },
	{ "memory.peak", STATS_AT(memory.peak) }, /* 5.19 */
	{ "memory.low", STATS_AT(memory.low) },
	{ "memory.swap.current", STATS_AT(memory.swap) },
	{ "memory.swap.max", STATS_AT(memory.swap_limit) },
};

static const struct stats_key memory_keys[] = {
	{ "anon", STATS_AT(memory.anon), 0 },
	{ "file", STATS_AT(memory.file), 0 },
	{ "kernel", STATS_AT(memory.kernel), 0 }, /* 5.18 */
	{ "sock", STATS_AT(memory.kernel_tcp), 0 },
	{ "slab", STATS_AT(memory.slab), 0 },
	{ "inactive_file", STATS_AT(memory.inactive_file), 0 },
	{ "pgfault", STATS_AT(memory.page_faults), 0 },
	{ "pgmajfault", STATS_AT(memory.major_faults), 0 },
};

static const struct stats_key memory_events[] = {
	{ "max", STATS_AT(memory.max_events), 0 },
	{ "oom", STATS_AT(memory.oom), 0 },
	{ "oom_kill", STATS_AT(memory.oom_kill), 0 },
};

static const struct stats_key cpu_keys[] = {
	{ "usage_usec", STATS_AT(cpu.usage), 0 },
	{ "user_usec", STATS_AT(cpu.user), 0 },
	{ "system_usec", STATS_AT(cpu.system), 0 },
	{ "nr_periods", STATS_AT(cpu.periods), 0 },
	{ "nr_throttled", STATS_AT(cpu.throttled), 0 },
	{ "throttled_usec", STATS_AT(cpu.throttled_time), 0 },
};

static const struct stats_number pids_numbers[] = {
	{ "pids.current", STATS_AT(pids) },
	{ "pids.max", STATS_AT(pids_limit) },
	{ "pids.peak", STATS_AT(pids_peak) }, /* 6.6 */
};

static const struct stats_key pids_events[] = {
	{ "max", STATS_AT(pids_max_events), 0 },
};

/* "8:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0" */
static void add_io(const struct kern_cgroup *group, struct kern_cgroup_stats *stats)
{
	struct err ignored = { 0 };
	char text[16 * 1024], *line, *save;

	if (kern_cgroup_read(group, "io.stat", text, sizeof(text), &ignored) < 0)
		return;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct kern_cgroup_io_device *device;
		unsigned major, minor;

		if (sscanf(line, "%u:%u ", &major, &minor) != 2)
			continue;
		device = stats_device(stats, major, minor);
		if (!device)
			return;
		kern_cgroup_line_key(line, "rbytes", &device->read_bytes);
		kern_cgroup_line_key(line, "wbytes", &device->write_bytes);
		kern_cgroup_line_key(line, "rios", &device->reads);
		kern_cgroup_line_key(line, "wios", &device->writes);
	}
}

/* "some avg10=1.23 avg60=...", the second line "full ..." (cpu has it since 5.13). */
static bool parse_pressure(const char *line, uint64_t averages[3], uint64_t *total)
{
	unsigned whole[3], part[3];
	unsigned long long us;

	if (sscanf(line, "%*s avg10=%u.%2u avg60=%u.%2u avg300=%u.%2u total=%llu", &whole[0], &part[0],
		   &whole[1], &part[1], &whole[2], &part[2], &us) != 7)
		return false;
	for (int i = 0; i < 3; i++)
		averages[i] = (uint64_t)whole[i] * 100 + part[i];
	*total = us;
	return true;
}

static void add_pressure(const struct kern_cgroup *group, const char *file,
			 struct kern_cgroup_pressure *pressure)
{
	struct err ignored = { 0 };
	uint64_t some[3], full[3] = { 0 };
	char text[512];
	const char *second;

	if (kern_cgroup_read(group, file, text, sizeof(text), &ignored) < 0 ||
	    !parse_pressure(text, some, &pressure->some_total))
		return;
	second = strchr(text, '\n');
	if (second)
		parse_pressure(second + 1, full, &pressure->full_total);
	pressure->known = true;
	pressure->some_avg10 = some[0];
	pressure->some_avg60 = some[1];
	pressure->some_avg300 = some[2];
	pressure->full_avg10 = full[0];
	pressure->full_avg60 = full[1];
	pressure->full_avg300 = full[2];
}

/* cpu.stat and the pressure files are there without their controllers. */
void stats_add_v2(const struct kern_cgroup *group, const char *controllers, struct kern_cgroup_stats *stats)
{
	static const struct stats_hugetlb_names hugetlb = { "current", "max", NULL, NULL };

	if (stats_wants(controllers, "memory")) {
		stats_add_numbers(group, stats, memory_numbers, ARRAY_SIZE(memory_numbers));
		stats_add_keys(group, stats, "memory.stat", memory_keys, ARRAY_SIZE(memory_keys));
		stats_add_keys(group, stats, "memory.events", memory_events, ARRAY_SIZE(memory_events));
	}
	/* On a hybrid host the CPU time is of v1's groups, unless cpu is v2's. */
	if (stats->cpu.usage == KERN_CGROUP_UNKNOWN || (controllers && stats_wants(controllers, "cpu")))
		stats_add_keys(group, stats, "cpu.stat", cpu_keys, ARRAY_SIZE(cpu_keys));
	if (stats_wants(controllers, "pids")) {
		stats_add_numbers(group, stats, pids_numbers, ARRAY_SIZE(pids_numbers));
		stats_add_keys(group, stats, "pids.events", pids_events, ARRAY_SIZE(pids_events));
	}
	if (stats_wants(controllers, "io"))
		add_io(group, stats);
	if (stats_wants(controllers, "hugetlb")) {
		size_t before = stats->hugetlb_count;

		stats_add_hugetlb(group, stats, &hugetlb);
		for (size_t i = before; i < stats->hugetlb_count; i++) {
			struct err ignored = { 0 };
			char file[64], text[128];

			snprintf(file, sizeof(file), "hugetlb.%s.events", stats->hugetlb[i].size);
			if (kern_cgroup_read(group, file, text, sizeof(text), &ignored) >= 0)
				kern_cgroup_text_key(text, "max", &stats->hugetlb[i].max_events);
		}
	}
	add_pressure(group, "cpu.pressure", &stats->cpu_pressure);
	add_pressure(group, "memory.pressure", &stats->memory_pressure);
	add_pressure(group, "io.pressure", &stats->io_pressure);
}
