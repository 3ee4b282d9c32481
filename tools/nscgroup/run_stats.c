/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/amount.h"
#include "kern/cgroup/stats.h"
#include "nscgroup/run_stats.h"
#include "run/cgroup_stats.h"

static void print_json(const struct run_stats_report *report)
{
	struct json *object = run_cgroup_stats_json(&report->stats);
	struct strbuf auto_strbuf text = { 0 };

	json_set_u64(object, "elapsedUsec", report->elapsed_usec);
	json_set_u64(object, "status", (uint64_t)report->status);
	json_print(object, true, &text);
	fprintf(report->out, "%s\n", text.text);
	json_free(object);
}

static void line(const struct run_stats_report *report, const char *name, const char *value)
{
	fprintf(report->out, "%-14s %s\n", name, value ? value : "-");
}

/* The share of the time in which something waited, and how long in all. */
static void pressure(const struct run_stats_report *report, struct arena *arena, const char *name,
		     const struct kern_cgroup_pressure *p)
{
	line(report, name,
	     p->known ? arena_printf(arena, "%s waited", amount_time(arena, p->some_total)) : NULL);
}

static void print_text(const struct run_stats_report *report)
{
	const struct kern_cgroup_stats *stats = &report->stats;
	struct arena *arena = arena_new();
	uint64_t read = 0, written = 0;

	for (size_t i = 0; i < stats->io_count; i++) {
		read += stats->io[i].read_bytes;
		written += stats->io[i].write_bytes;
	}
	line(report, "elapsed", amount_time(arena, report->elapsed_usec));
	line(report, "cpu user", amount_time(arena, stats->cpu.user));
	line(report, "cpu system", amount_time(arena, stats->cpu.system));
	line(report, "memory peak", amount_bytes(arena, stats->memory.peak));
	line(report, "pids peak", amount_count(arena, stats->pids_peak));
	line(report, "read", amount_bytes(arena, read));
	line(report, "written", amount_bytes(arena, written));
	line(report, "oom kills", amount_count(arena, stats->memory.oom_kill));
	pressure(report, arena, "cpu pressure", &stats->cpu_pressure);
	pressure(report, arena, "mem pressure", &stats->memory_pressure);
	pressure(report, arena, "io pressure", &stats->io_pressure);
	line(report, "exit status", arena_printf(arena, "%d", report->status));
	arena_free(arena);
}

void run_stats_print(const struct run_stats_report *report)
{
	(report->json ? print_json : print_text)(report);
}
