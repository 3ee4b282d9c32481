/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/stats.h"
#include "kern/cgroup/stats_internal.h"

/* Every number of the struct. */
static const size_t all_numbers[] = {
	STATS_AT(memory.usage), STATS_AT(memory.limit), STATS_AT(memory.peak), STATS_AT(memory.low),
	STATS_AT(memory.swap), STATS_AT(memory.swap_limit), STATS_AT(memory.anon), STATS_AT(memory.file),
	STATS_AT(memory.kernel), STATS_AT(memory.kernel_tcp), STATS_AT(memory.slab),
	STATS_AT(memory.inactive_file), STATS_AT(memory.page_faults), STATS_AT(memory.major_faults),
	STATS_AT(memory.max_events), STATS_AT(memory.oom), STATS_AT(memory.oom_kill), STATS_AT(cpu.usage),
	STATS_AT(cpu.user), STATS_AT(cpu.system), STATS_AT(cpu.periods), STATS_AT(cpu.throttled),
	STATS_AT(cpu.throttled_time), STATS_AT(pids), STATS_AT(pids_limit), STATS_AT(pids_peak),
	STATS_AT(pids_max_events),
};

static uint64_t *number_at(struct kern_cgroup_stats *stats, size_t offset)
{
	return (uint64_t *)(void *)((char *)stats + offset);
}

bool stats_wants(const char *controllers, const char *name)
{
	return !controllers || kern_cgroup_has_controller(controllers, name);
}

void kern_cgroup_stats_init(struct kern_cgroup_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	for (size_t i = 0; i < ARRAY_SIZE(all_numbers); i++)
		*number_at(stats, all_numbers[i]) = KERN_CGROUP_UNKNOWN;
}

void stats_add_numbers(const struct kern_cgroup *group, struct kern_cgroup_stats *stats,
		       const struct stats_number *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct err ignored = { 0 };

		kern_cgroup_read_number(group, numbers[i].file, number_at(stats, numbers[i].offset), &ignored);
	}
}

void stats_add_keys(const struct kern_cgroup *group, struct kern_cgroup_stats *stats, const char *file,
		    const struct stats_key *keys, size_t count)
{
	struct err ignored = { 0 };
	char text[8192];

	if (kern_cgroup_read(group, file, text, sizeof(text), &ignored) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		uint64_t value;

		if (kern_cgroup_text_key(text, keys[i].key, &value))
			*number_at(stats, keys[i].offset) = keys[i].divisor ? value / keys[i].divisor : value;
	}
}

struct kern_cgroup_io_device *stats_device(struct kern_cgroup_stats *stats, uint32_t major, uint32_t minor)
{
	struct kern_cgroup_io_device *device;

	for (size_t i = 0; i < stats->io_count; i++)
		if (stats->io[i].major == major && stats->io[i].minor == minor)
			return &stats->io[i];
	if (stats->io_count == KERN_CGROUP_IO_DEVICES_MAX)
		return NULL;
	device = &stats->io[stats->io_count++];
	*device = (struct kern_cgroup_io_device){ .major = major, .minor = minor };
	return device;
}

static void read_hugetlb(const struct kern_cgroup *group, const char *size, const char *end, uint64_t *value)
{
	struct err ignored = { 0 };
	char file[64];

	*value = KERN_CGROUP_UNKNOWN;
	if (!end)
		return;
	snprintf(file, sizeof(file), "hugetlb.%s.%s", size, end);
	kern_cgroup_read_number(group, file, value, &ignored);
}

/* "hugetlb.2MB.current": the size, if this is the usage file and no reservation's. */
static bool hugetlb_size(const char *name, const char *end, char *size, size_t room)
{
	size_t len;

	if (strncmp(name, "hugetlb.", 8) != 0)
		return false;
	name += 8;
	len = strcspn(name, ".");
	if (name[len] != '.' || strcmp(name + len + 1, end) != 0 || len >= room)
		return false;
	memcpy(size, name, len);
	size[len] = '\0';
	return true;
}

void stats_add_hugetlb(const struct kern_cgroup *group, struct kern_cgroup_stats *stats,
		       const struct stats_hugetlb_names *names)
{
	auto_closedir DIR *dir = NULL;
	const struct dirent *entry;
	int fd = openat(group->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (!dir) {
		close_keep_errno(fd);
		return;
	}
	while (stats->hugetlb_count < KERN_CGROUP_HUGETLB_MAX && (entry = readdir(dir))) {
		struct kern_cgroup_hugetlb_stats *item = &stats->hugetlb[stats->hugetlb_count];

		if (!hugetlb_size(entry->d_name, names->usage, item->size, sizeof(item->size)))
			continue;
		stats->hugetlb_count++;
		read_hugetlb(group, item->size, names->usage, &item->usage);
		read_hugetlb(group, item->size, names->limit, &item->limit);
		read_hugetlb(group, item->size, names->peak, &item->peak);
		read_hugetlb(group, item->size, names->failures, &item->max_events);
	}
}

int kern_cgroup_stats_add(const struct kern_cgroup *group, const char *controllers,
			  struct kern_cgroup_stats *stats, struct err *err)
{
	/* A removed group still has its fd: every file is then "absent". */
	if (faccessat(group->fd, "cgroup.procs", F_OK, 0) != 0)
		return err_system(err, "read the statistics of", "%s%s", group->mountpoint, group->path);
	(group->v2 ? stats_add_v2 : stats_add_v1)(group, controllers, stats);
	return 0;
}
