/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/stats.h"
#include "run/cgroup_stats.h"

struct field {
	const char *key;
	size_t offset; /* of a uint64_t */
};

#define MEMORY(key, member) { key, offsetof(struct kern_cgroup_stats, memory.member) }
static const struct field memory_fields[] = {
	MEMORY("current", usage),
	MEMORY("max", limit),
	MEMORY("peak", peak),
	MEMORY("swapCurrent", swap),
	MEMORY("swapMax", swap_limit),
	MEMORY("anon", anon),
	MEMORY("file", file),
	MEMORY("inactiveFile", inactive_file),
	MEMORY("kernel", kernel),
	MEMORY("slab", slab),
	MEMORY("sock", kernel_tcp),
	MEMORY("pageFaults", page_faults),
	MEMORY("majorFaults", major_faults),
	MEMORY("maxEvents", max_events),
	MEMORY("oomEvents", oom),
	MEMORY("oomKills", oom_kill),
};

#define CPU(key, member) { key, offsetof(struct kern_cgroup_stats, cpu.member) }
static const struct field cpu_fields[] = {
	CPU("usageUsec", usage),
	CPU("userUsec", user),
	CPU("systemUsec", system),
	CPU("periods", periods),
	CPU("throttledPeriods", throttled),
	CPU("throttledUsec", throttled_time),
};

static const struct field pids_fields[] = {
	{ "current", offsetof(struct kern_cgroup_stats, pids) },
	{ "max", offsetof(struct kern_cgroup_stats, pids_limit) },
	{ "peak", offsetof(struct kern_cgroup_stats, pids_peak) },
	{ "maxEvents", offsetof(struct kern_cgroup_stats, pids_max_events) },
};

static const struct field hugetlb_fields[] = {
	{ "current", offsetof(struct kern_cgroup_hugetlb_stats, usage) },
	{ "max", offsetof(struct kern_cgroup_hugetlb_stats, limit) },
	{ "peak", offsetof(struct kern_cgroup_hugetlb_stats, peak) },
	{ "maxEvents", offsetof(struct kern_cgroup_hugetlb_stats, max_events) },
};

static const struct field io_fields[] = {
	{ "readBytes", offsetof(struct kern_cgroup_io_device, read_bytes) },
	{ "writeBytes", offsetof(struct kern_cgroup_io_device, write_bytes) },
	{ "reads", offsetof(struct kern_cgroup_io_device, reads) },
	{ "writes", offsetof(struct kern_cgroup_io_device, writes) },
};

static void set(struct json *object, const char *key, uint64_t value)
{
	if (value == KERN_CGROUP_UNKNOWN)
		json_set_null(object, key);
	else if (value == KERN_CGROUP_NO_LIMIT)
		json_set_string(object, key, "max");
	else
		json_set_u64(object, key, value);
}

static void set_fields(struct json *object, const struct field *fields, size_t count, const void *values)
{
	for (size_t i = 0; i < count; i++)
		set(object, fields[i].key, *(const uint64_t *)((const char *)values + fields[i].offset));
}
#define SET_FIELDS(object, fields, values) set_fields(object, fields, ARRAY_SIZE(fields), values)

static void set_io(struct json *data, const struct kern_cgroup_stats *stats)
{
	struct json *array = json_set_array(data, "io");

	for (size_t i = 0; i < stats->io_count; i++) {
		const struct kern_cgroup_io_device *device = &stats->io[i];
		struct json *object = json_add_object(array);
		char text[32];

		snprintf(text, sizeof(text), "%u:%u", device->major, device->minor);
		json_set_string(object, "device", text);
		SET_FIELDS(object, io_fields, device);
	}
}

static void set_hugetlb(struct json *data, const struct kern_cgroup_stats *stats)
{
	struct json *array = json_set_array(data, "hugetlb");

	for (size_t i = 0; i < stats->hugetlb_count; i++) {
		struct json *object = json_add_object(array);

		json_set_string(object, "size", stats->hugetlb[i].size);
		SET_FIELDS(object, hugetlb_fields, &stats->hugetlb[i]);
	}
}

static void set_averages(struct json *object, const uint64_t averages[3], const char *key, uint64_t total)
{
	json_set_hundredths(object, "avg10", averages[0]);
	json_set_hundredths(object, "avg60", averages[1]);
	json_set_hundredths(object, "avg300", averages[2]);
	json_set_u64(object, key, total);
}

void run_cgroup_pressure_json(struct json *object, const struct kern_cgroup_pressure *p, const char *total)
{
	set_averages(json_set_object(object, "some"),
		     (uint64_t[]){ p->some_avg10, p->some_avg60, p->some_avg300 }, total, p->some_total);
	set_averages(json_set_object(object, "full"),
		     (uint64_t[]){ p->full_avg10, p->full_avg60, p->full_avg300 }, total, p->full_total);
}

static void set_pressure(struct json *pressure, const char *key, const struct kern_cgroup_pressure *p)
{
	if (p->known)
		run_cgroup_pressure_json(json_set_object(pressure, key), p, "totalUsec");
	else
		json_set_null(pressure, key);
}

struct json *run_cgroup_stats_json(const struct kern_cgroup_stats *stats)
{
	struct json *data = json_object(), *pressure;

	SET_FIELDS(json_set_object(data, "memory"), memory_fields, stats);
	SET_FIELDS(json_set_object(data, "cpu"), cpu_fields, stats);
	SET_FIELDS(json_set_object(data, "pids"), pids_fields, stats);
	set_io(data, stats);
	set_hugetlb(data, stats);
	pressure = json_set_object(data, "pressure");
	set_pressure(pressure, "cpu", &stats->cpu_pressure);
	set_pressure(pressure, "memory", &stats->memory_pressure);
	set_pressure(pressure, "io", &stats->io_pressure);
	return data;
}
