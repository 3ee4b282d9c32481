/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/stats.h"
#include "run/cgroup.h"
#include "run/cgroup_stats.h"

int run_cgroup_stats(struct run_cgroup *cgroup, struct kern_cgroup_stats *stats, struct err *err)
{
	bool found = false;

	kern_cgroup_stats_init(stats);
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct run_cgroup_place *place = &cgroup->places[i];
		struct err gone = { 0 };

		if (!place->group)
			continue;
		if (kern_cgroup_stats_add(place->group, place->hierarchy->controllers, stats, &gone) == 0) {
			found = true;
		} else if (gone.errnum != ENOENT && gone.errnum != ENODEV) {
			*err = gone;
			return -1;
		}
	}
	if (found)
		return 0;
	err_set(err, ERR_NOT_FOUND, "", "the group is gone");
	return err_object(err, "%s", cgroup->name);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void set(struct json *object, const char *key, uint64_t value)
{
	if (value == KERN_CGROUP_UNKNOWN)
		json_set_null(object, key);
	else if (value == KERN_CGROUP_NO_LIMIT)
		json_set_string(object, key, "max");
	else
		json_set_u64(object, key, value);
}

static void set_memory(struct json *data, const struct kern_cgroup_memory_stats *memory)
{
	struct json *object = json_set_object(data, "memory");

	set(object, "current", memory->usage);
	set(object, "max", memory->limit);
	set(object, "peak", memory->peak);
	set(object, "swapCurrent", memory->swap);
	set(object, "swapMax", memory->swap_limit);
	set(object, "anon", memory->anon);
	set(object, "file", memory->file);
	set(object, "inactiveFile", memory->inactive_file);
	set(object, "kernel", memory->kernel);
	set(object, "slab", memory->slab);
	set(object, "sock", memory->kernel_tcp);
	set(object, "pageFaults", memory->page_faults);
	set(object, "majorFaults", memory->major_faults);
	set(object, "maxEvents", memory->max_events);
	set(object, "oomEvents", memory->oom);
	set(object, "oomKills", memory->oom_kill);
}

static void set_cpu(struct json *data, const struct kern_cgroup_cpu_stats *cpu)
{
	struct json *object = json_set_object(data, "cpu");

	set(object, "usageUsec", cpu->usage);
	set(object, "userUsec", cpu->user);
	set(object, "systemUsec", cpu->system);
	set(object, "periods", cpu->periods);
	set(object, "throttledPeriods", cpu->throttled);
	set(object, "throttledUsec", cpu->throttled_time);
}

static void set_pids(struct json *data, const struct kern_cgroup_stats *stats)
{
	struct json *object = json_set_object(data, "pids");

	set(object, "current", stats->pids);
	set(object, "max", stats->pids_limit);
	set(object, "peak", stats->pids_peak);
	set(object, "maxEvents", stats->pids_max_events);
}

static void set_io(struct json *data, const struct kern_cgroup_stats *stats)
{
	struct json *array = json_set_array(data, "io");

	for (size_t i = 0; i < stats->io_count; i++) {
		const struct kern_cgroup_io_device *device = &stats->io[i];
		struct json *object = json_add_object(array);
		char text[32];

		snprintf(text, sizeof(text), "%u:%u", device->major, device->minor);
		json_set_string(object, "device", text);
		json_set_u64(object, "readBytes", device->read_bytes);
		json_set_u64(object, "writeBytes", device->write_bytes);
		json_set_u64(object, "reads", device->reads);
		json_set_u64(object, "writes", device->writes);
	}
}

static void set_hugetlb(struct json *data, const struct kern_cgroup_stats *stats)
{
	struct json *array = json_set_array(data, "hugetlb");

	for (size_t i = 0; i < stats->hugetlb_count; i++) {
		const struct kern_cgroup_hugetlb_stats *size = &stats->hugetlb[i];
		struct json *object = json_add_object(array);

		json_set_string(object, "size", size->size);
		set(object, "current", size->usage);
		set(object, "max", size->limit);
		set(object, "peak", size->peak);
		set(object, "maxEvents", size->max_events);
	}
}

static void set_averages(struct json *pressure, const char *key, const uint64_t averages[3], uint64_t total)
{
	struct json *object = json_set_object(pressure, key);

	json_set_hundredths(object, "avg10", averages[0]);
	json_set_hundredths(object, "avg60", averages[1]);
	json_set_hundredths(object, "avg300", averages[2]);
	json_set_u64(object, "totalUsec", total);
}

static void set_pressure(struct json *pressure, const char *key, const struct kern_cgroup_pressure *p)
{
	struct json *object;

	if (!p->known) {
		json_set_null(pressure, key);
		return;
	}
	object = json_set_object(pressure, key);
	set_averages(object, "some", (uint64_t[]){ p->some_avg10, p->some_avg60, p->some_avg300 },
		     p->some_total);
	set_averages(object, "full", (uint64_t[]){ p->full_avg10, p->full_avg60, p->full_avg300 },
		     p->full_total);
}

struct json *run_cgroup_stats_json(const struct kern_cgroup_stats *stats)
{
	struct json *data = json_object(), *pressure;

	set_memory(data, &stats->memory);
	set_cpu(data, &stats->cpu);
	set_pids(data, stats);
	set_io(data, stats);
	set_hugetlb(data, stats);
	pressure = json_set_object(data, "pressure");
	set_pressure(pressure, "cpu", &stats->cpu_pressure);
	set_pressure(pressure, "memory", &stats->memory_pressure);
	set_pressure(pressure, "io", &stats->io_pressure);
	return data;
}
