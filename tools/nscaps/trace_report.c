/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/rows.h"
#include "kern/caps.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"
#include "nscaps/trace_parse.h"
#include "nscaps/trace_report.h"

struct trace_count {
	struct trace_check check;
	uint64_t times;
};

static bool is_same(const struct trace_check *a, const struct trace_check *b)
{
	return a->capability == b->capability && a->hint == b->hint && (a->hint || a->granted == b->granted) &&
	       !strcmp(a->syscall, b->syscall) && !strcmp(a->site, b->site);
}

void trace_report_add(void *data, const struct trace_check *check)
{
	struct trace_report *report = data;

	for (size_t i = 0; i < report->count; i++)
		if (is_same(&report->counts[i].check, check)) {
			report->counts[i].times++;
			return;
		}
	if (report->count == report->size) {
		report->size = report->size ? 2 * report->size : 32;
		report->counts = memory_grow(report->counts, report->size, sizeof(*report->counts));
	}
	report->counts[report->count++] = (struct trace_count){ *check, 1 };
}

uint64_t trace_report_needed(const struct trace_report *report)
{
	uint64_t needed = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct trace_check *check = &report->counts[i].check;

		if (check->granted && !check->hint && check->capability < 64)
			needed |= UINT64_C(1) << check->capability;
	}
	return needed;
}

/* What is needed first, then what was refused, then what does not matter; by capability, the most frequent first. */
static int order(const void *a, const void *b)
{
	const struct trace_count *first = a, *second = b;
	const struct trace_check *x = &first->check, *y = &second->check;

	if (x->hint != y->hint)
		return x->hint - y->hint;
	if (!x->hint && x->granted != y->granted)
		return y->granted - x->granted;
	if (x->capability != y->capability)
		return x->capability < y->capability ? -1 : 1;
	if (first->times != second->times)
		return first->times > second->times ? -1 : 1;
	return strcmp(x->site, y->site) ? strcmp(x->site, y->site) : strcmp(x->syscall, y->syscall);
}

static void sort(struct trace_report *report)
{
	if (report->count)
		qsort(report->counts, report->count, sizeof(*report->counts), order);
}

static const char *result_of(const struct trace_check *check)
{
	return check->hint ? "hint" : check->granted ? "granted" : "denied";
}

static const struct rows_column columns[] = {
	{ "CAPABILITY", "capability", ROWS_TEXT }, { "RESULT", "result", ROWS_TEXT },
	{ "TIMES", "times", ROWS_NUMBER },	   { "SYSCALL", "syscall", ROWS_TEXT },
	{ "ASKED BY", "site", ROWS_TEXT },
};

static void fill(struct trace_report *report, struct rows *rows)
{
	*rows = (struct rows){ .columns = columns, .column_count = ARRAY_SIZE(columns) };
	sort(report);
	for (size_t i = 0; i < report->count; i++) {
		const struct trace_check *check = &report->counts[i].check;
		char name[32], times[24];

		snprintf(times, sizeof(times), "%" PRIu64, report->counts[i].times);
		rows_add(rows, (const char *const[]){ kern_caps_name(check->capability, name, sizeof(name)),
						      result_of(check), times, *check->syscall ? check->syscall : NULL,
						      *check->site ? check->site : NULL });
	}
}

void trace_report_print(struct trace_report *report, uint64_t needed)
{
	auto_strbuf struct strbuf text = { 0 };
	struct rows auto_rows rows;

	fill(report, &rows);
	rows_print(&rows);
	set_print(needed, &text);
	printf("needed: %s\n", text.text);
}

struct json *trace_report_checks(struct trace_report *report)
{
	struct rows auto_rows rows;

	fill(report, &rows);
	return rows_json(&rows);
}

struct json *trace_report_capabilities(uint64_t needed, bool root)
{
	const struct kern_caps caps = { .permitted = needed,
					.effective = needed,
					.bounding = needed,
					.inheritable = root ? 0 : needed,
					.ambient = root ? 0 : needed };

	return nscaps_caps_json(&caps);
}

void trace_report_free(struct trace_report *report)
{
	free(report->counts);
	*report = (struct trace_report){ 0 };
}
