/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/stats.h"
#include "kern/cgroup/usage.h"

void kern_cgroup_usage_init(struct kern_cgroup_usage *usage)
{
	*usage = (struct kern_cgroup_usage){ KERN_CGROUP_UNKNOWN, KERN_CGROUP_UNKNOWN, KERN_CGROUP_UNKNOWN,
					     KERN_CGROUP_UNKNOWN, KERN_CGROUP_UNKNOWN };
}

static void read_number(const struct kern_cgroup *group, const char *file, uint64_t *value)
{
	struct err absent = { 0 };

	kern_cgroup_read_number(group, file, value, &absent);
}

static void add(uint64_t *sum, uint64_t value)
{
	*sum = *sum == KERN_CGROUP_UNKNOWN ? value : *sum + value;
}

/* "8:0 rbytes=1 wbytes=2 ..." */
static void add_io_v2(const struct kern_cgroup *group, struct kern_cgroup_usage *usage)
{
	struct err absent = { 0 };
	char text[16 * 1024];
	uint64_t bytes;

	if (kern_cgroup_read(group, "io.stat", text, sizeof(text), &absent) < 0)
		return;
	add(&usage->read_bytes, 0);
	add(&usage->write_bytes, 0);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (kern_cgroup_line_key(line, "rbytes", &bytes))
			usage->read_bytes += bytes;
		if (kern_cgroup_line_key(line, "wbytes", &bytes))
			usage->write_bytes += bytes;
	}
}

/* "8:0 Read 4096" */
static void add_io_v1(const struct kern_cgroup *group, struct kern_cgroup_usage *usage)
{
	struct err absent = { 0 };
	char text[16 * 1024];

	if (kern_cgroup_read(group, "blkio.throttle.io_service_bytes_recursive", text, sizeof(text),
			     &absent) < 0)
		return;
	add(&usage->read_bytes, 0);
	add(&usage->write_bytes, 0);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *word = line + strcspn(line, " \n");

		if (!strncmp(word, " Read ", 6))
			usage->read_bytes += strtoull(word + 6, NULL, 10);
		else if (!strncmp(word, " Write ", 7))
			usage->write_bytes += strtoull(word + 7, NULL, 10);
	}
}

static void add_cpu_v2(const struct kern_cgroup *group, struct kern_cgroup_usage *usage)
{
	struct err absent = { 0 };
	char text[2048];

	if (kern_cgroup_read(group, "cpu.stat", text, sizeof(text), &absent) >= 0)
		kern_cgroup_text_key(text, "usage_usec", &usage->cpu);
}

void kern_cgroup_usage_add(const struct kern_cgroup *group, const char *controllers,
			   struct kern_cgroup_usage *usage)
{
	uint64_t nsec = KERN_CGROUP_UNKNOWN;

	if (kern_cgroup_has_controller(controllers, "memory"))
		read_number(group, group->v2 ? "memory.current" : "memory.usage_in_bytes", &usage->memory);
	if (kern_cgroup_has_controller(controllers, "pids"))
		read_number(group, "pids.current", &usage->pids);
	/* On a hybrid host the time is of v1's groups, unless cpu is v2's. */
	if (group->v2 &&
	    (usage->cpu == KERN_CGROUP_UNKNOWN || kern_cgroup_has_controller(controllers, "cpu")))
		add_cpu_v2(group, usage);
	if (!group->v2 && kern_cgroup_has_controller(controllers, "cpuacct")) {
		read_number(group, "cpuacct.usage", &nsec);
		if (nsec != KERN_CGROUP_UNKNOWN)
			usage->cpu = nsec / 1000;
	}
	if (kern_cgroup_has_controller(controllers, "io"))
		add_io_v2(group, usage);
	if (kern_cgroup_has_controller(controllers, "blkio"))
		add_io_v1(group, usage);
}
