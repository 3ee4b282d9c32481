/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capability checks, added up: as a table, as the checks' JSON, as process.capabilities. */
#ifndef NSTOOLS_NSCAPS_TRACE_REPORT_H
#define NSTOOLS_NSCAPS_TRACE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;
struct strbuf;
struct trace_check;

struct trace_report {
	struct trace_count *counts;
	size_t count, size;
};

/* A struct trace_sink's check(), with the report as data. */
void trace_report_add(void *report, const struct trace_check *check);
/* What was granted where the answer mattered: the program needs these. */
uint64_t trace_report_needed(const struct trace_report *report);
/* A table, then the set that is needed; to standard output. */
void trace_report_print(struct trace_report *report, uint64_t needed);
/* Each kind of check as an object; json_free(). */
struct json *trace_report_checks(struct trace_report *report);
/* For nsinit, with which the program runs: as root's, or as another user's (then ambient). */
struct json *trace_report_capabilities(uint64_t needed, bool root);
void trace_report_free(struct trace_report *report);

#endif
