/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shape of runc's statistics, as containerd's go-runc reads it. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/stats.h"
#include "run/cgroup_stats.h"
#include "run/stats.h"

static void set_known(struct json *object, const char *key, uint64_t value)
{
	if (value != KERN_CGROUP_UNKNOWN)
		json_set_u64(object, key, value);
}

static void set_nanoseconds(struct json *object, const char *key, uint64_t usec)
{
	if (usec != KERN_CGROUP_UNKNOWN)
		json_set_u64(object, key, usec * 1000);
}

/* KERN_CGROUP_NO_LIMIT is already 2^64-1, what engines take for it. */
static struct json *set_entry(struct json *memory, const char *key, uint64_t limit, uint64_t usage, uint64_t max)
{
	struct json *entry = json_set_object(memory, key);

	set_known(entry, "limit", limit);
	set_known(entry, "usage", usage);
	set_known(entry, "max", max);
	return entry;
}

/* Memory and swap together; either unknown makes the sum unknown. */
static uint64_t sum(uint64_t memory, uint64_t swap)
{
	if (memory == KERN_CGROUP_UNKNOWN || swap == KERN_CGROUP_UNKNOWN)
		return KERN_CGROUP_UNKNOWN;
	return memory == KERN_CGROUP_NO_LIMIT || swap == KERN_CGROUP_NO_LIMIT ? KERN_CGROUP_NO_LIMIT
									      : memory + swap;
}

static void set_pressure(struct json *object, const struct kern_cgroup_pressure *p)
{
	if (p->known)
		run_cgroup_pressure_json(json_set_object(object, "psi"), p, "total");
}

static void set_cpu(struct json *data, const struct run_stats *stats)
{
	const struct kern_cgroup_cpu_stats *cpu = &stats->groups->cpu;
	struct json *object = json_set_object(data, "cpu"), *usage = json_set_object(object, "usage"), *part;

	set_nanoseconds(usage, "total", cpu->usage);
	if (stats->per_cpu_count) {
		part = json_set_array(usage, "percpu");
		for (size_t i = 0; i < stats->per_cpu_count; i++)
			json_add_u64(part, stats->per_cpu[i]);
	}
	set_nanoseconds(usage, "kernel", cpu->system);
	set_nanoseconds(usage, "user", cpu->user);
	part = json_set_object(object, "throttling");
	set_known(part, "periods", cpu->periods);
	set_known(part, "throttledPeriods", cpu->throttled);
	set_nanoseconds(part, "throttledTime", cpu->throttled_time);
	set_pressure(object, &stats->groups->cpu_pressure);
}

/* "0-2,5" as numbers. The kernel wrote it; a range that is none ends it. */
static void set_list(struct json *object, const char *key, const char *list)
{
	struct json *array;

	if (!list)
		return;
	array = json_set_array(object, key);
	for (const char *text = list; *text;) {
		char *end;
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (end == text)
			return;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && last < 65536; first++)
			json_add_u64(array, first);
		text = *end == ',' ? end + 1 : "";
	}
}

/* Each line of memory.stat as a member. */
static void set_raw(struct json *memory, const char *text)
{
	struct json *raw;

	if (!text)
		return;
	raw = json_set_object(memory, "raw");
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n"), key_len = strcspn(line, " \n");
		char key[64];

		if (key_len < len && key_len < sizeof(key)) {
			memcpy(key, line, key_len);
			key[key_len] = '\0';
			json_set_u64(raw, key, strtoull(line + key_len, NULL, 10));
		}
		line += len + (line[len] == '\n');
	}
}

static void set_memory(struct json *data, const struct run_stats *stats)
{
	const struct kern_cgroup_memory_stats *memory = &stats->groups->memory;
	struct json *object = json_set_object(data, "memory"), *usage;

	set_known(object, "cache", memory->file);
	usage = set_entry(object, "usage", memory->limit, memory->usage, memory->peak);
	set_known(usage, "failcnt", memory->max_events);
	usage = json_set_object(object, "swap");
	set_known(usage, "limit", sum(memory->limit, memory->swap_limit));
	set_known(usage, "usage", sum(memory->usage, memory->swap));
	set_entry(object, "kernel", KERN_CGROUP_UNKNOWN, memory->kernel, KERN_CGROUP_UNKNOWN);
	set_entry(object, "kernelTCP", KERN_CGROUP_UNKNOWN, memory->kernel_tcp, KERN_CGROUP_UNKNOWN);
	set_raw(object, stats->memory_stat);
	set_pressure(object, &stats->groups->memory_pressure);
}

static void add_io(struct json *array, const struct kern_cgroup_io_device *device, const char *op,
		   uint64_t value)
{
	struct json *entry = json_add_object(array);

	json_set_u64(entry, "major", device->major);
	json_set_u64(entry, "minor", device->minor);
	json_set_string(entry, "op", op);
	json_set_u64(entry, "value", value);
}

static void set_block_io(struct json *data, const struct kern_cgroup_stats *groups)
{
	struct json *object = json_set_object(data, "blkio"), *bytes, *count;

	if (groups->io_count) {
		bytes = json_set_array(object, "ioServiceBytesRecursive");
		count = json_set_array(object, "ioServicedRecursive");
		for (size_t i = 0; i < groups->io_count; i++) {
			add_io(bytes, &groups->io[i], "Read", groups->io[i].read_bytes);
			add_io(bytes, &groups->io[i], "Write", groups->io[i].write_bytes);
			add_io(count, &groups->io[i], "Read", groups->io[i].reads);
			add_io(count, &groups->io[i], "Write", groups->io[i].writes);
		}
	}
	set_pressure(object, &groups->io_pressure);
}

static void set_hugetlb(struct json *data, const struct kern_cgroup_stats *groups)
{
	struct json *object = json_set_object(data, "hugetlb"), *entry;

	for (size_t i = 0; i < groups->hugetlb_count; i++) {
		entry = json_set_object(object, groups->hugetlb[i].size);
		set_known(entry, "usage", groups->hugetlb[i].usage);
		set_known(entry, "max", groups->hugetlb[i].peak);
		set_known(entry, "failcnt", groups->hugetlb[i].max_events);
	}
}

struct json *run_stats_json(const struct run_stats *stats)
{
	const struct kern_cgroup_stats *groups = stats->groups;
	struct json *data = json_object(), *object;

	set_cpu(data, stats);
	object = json_set_object(data, "cpuset");
	set_list(object, "cpus", stats->cpus);
	set_list(object, "mems", stats->mems);
	set_memory(data, stats);
	object = json_set_object(data, "pids");
	set_known(object, "current", groups->pids);
	if (groups->pids_limit != KERN_CGROUP_NO_LIMIT)
		set_known(object, "limit", groups->pids_limit);
	set_block_io(data, groups);
	set_hugetlb(data, groups);
	return data;
}
