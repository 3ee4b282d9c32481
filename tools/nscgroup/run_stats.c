/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/amount.h"
#include "kern/cgroup/stats.h"
#include "nscgroup/run_stats.h"
#include "run/cgroup_stats.h"

static void print_json(const struct run_stats_report *report, const struct kern_cgroup_stats *stats, FILE *out)
{
	struct json *object = run_cgroup_stats_json(stats);
	struct strbuf auto_strbuf text = { 0 };

	json_set_u64(object, "elapsedUsec", report->elapsed_usec);
	json_set_u64(object, "status", (uint64_t)report->status);
	json_print(object, true, &text);
	fprintf(out, "%s\n", text.text);
	json_free(object);
}

static void line(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%-14s %s\n", name, value ? value : "-");
}

/* The share of the time in which something waited, and how long in all. */
static void pressure(FILE *out, struct arena *arena, const char *name,
		     const struct kern_cgroup_pressure *p)
{
	line(out, name,
	     p->known ? arena_printf(arena, "%s waited", amount_time(arena, p->some_total)) : NULL);
}

static void print_text(const struct run_stats_report *report, const struct kern_cgroup_stats *stats, FILE *out)
{
	struct arena *arena = arena_new();
	uint64_t read = 0, written = 0;

	for (size_t i = 0; i < stats->io_count; i++) {
		read += stats->io[i].read_bytes;
		written += stats->io[i].write_bytes;
	}
	line(out, "elapsed", amount_time(arena, report->elapsed_usec));
	line(out, "cpu user", amount_time(arena, stats->cpu.user));
	line(out, "cpu system", amount_time(arena, stats->cpu.system));
	line(out, "memory peak", amount_bytes(arena, stats->memory.peak));
	line(out, "pids peak", amount_count(arena, stats->pids_peak));
	line(out, "read", amount_bytes(arena, read));
	line(out, "written", amount_bytes(arena, written));
	line(out, "oom kills", amount_count(arena, stats->memory.oom_kill));
	pressure(out, arena, "cpu pressure", &stats->cpu_pressure);
	pressure(out, arena, "mem pressure", &stats->memory_pressure);
	pressure(out, arena, "io pressure", &stats->io_pressure);
	line(out, "exit status", arena_printf(arena, "%d", report->status));
	arena_free(arena);
}

int run_stats_print(struct run_cgroup *cgroup, const struct run_stats_report *report, struct err *err)
{
	auto_fclose FILE *file = report->output ? fopen(report->output, "we") : NULL;
	struct kern_cgroup_stats stats;
	FILE *out = file ? file : stderr;

	if (report->output && !file)
		return err_system(err, "open", "%s", report->output);
	if (run_cgroup_stats(cgroup, &stats, err))
		return -1;
	(report->json ? print_json : print_text)(report, &stats, out);
	if (fflush(out) || ferror(out))
		return err_system(err, "write", "%s", report->output ? report->output : "standard error");
	return 0;
}
