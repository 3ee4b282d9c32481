/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"
#include "common/amount.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/stats.h"

const char *amount_bytes(struct arena *arena, uint64_t bytes)
{
	static const char units[] = "BKMGTPE";
	unsigned unit = 0;
	uint64_t rest = 0;

	if (bytes == KERN_CGROUP_UNKNOWN)
		return NULL;
	if (bytes == KERN_CGROUP_NO_LIMIT)
		return "max";
	for (; bytes >= 1024; bytes /= 1024, unit++)
		rest = bytes % 1024;
	if (unit == 0 || bytes >= 100)
		return arena_printf(arena, "%llu%c", (unsigned long long)bytes, units[unit]);
	return arena_printf(arena, "%llu.%llu%c", (unsigned long long)bytes,
			    (unsigned long long)rest * 10 / 1024, units[unit]);
}

const char *amount_count(struct arena *arena, uint64_t count)
{
	return count == KERN_CGROUP_UNKNOWN ? NULL : arena_printf(arena, "%llu", (unsigned long long)count);
}

const char *amount_time(struct arena *arena, uint64_t usec)
{
	if (usec == KERN_CGROUP_UNKNOWN)
		return NULL;
	return arena_printf(arena, "%llu.%03llus", (unsigned long long)usec / 1000000,
			    (unsigned long long)usec / 1000 % 1000);
}
