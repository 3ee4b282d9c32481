/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a trace_pipe to capability checks. Pure.
 *
 *	cap_capable: cred ..., target_ns ..., capable_ns ..., cap 21, ret 0
 *	<stack trace>
 *	 => cap_capable
 *	 => security_capable
 *	 => chown_common
 *	 => __x64_sys_fchownat
 *
 * or, from the kprobes of older kernels, two events whose lines begin with the
 * task ("sh-123 [000] ..."): nscaps_enter with the number, nscaps_return with the answer; nscaps_prctl_enter
 * with the option of a prctl(2) and nscaps_prctl_return with what that returned. One
 * processor's text goes through one struct trace_parse; a task's two events may come from different ones.
 */
#ifndef NSTOOLS_NSCAPS_TRACE_PARSE_H
#define NSTOOLS_NSCAPS_TRACE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One check. */
struct trace_check {
	unsigned capability;
	bool granted;
	bool hint; /* the answer decides nothing that the program would notice: trace_parse.c says where */
	char syscall[32]; /* "fchownat", "" where the kernel asked by itself or there is no stack */
	char site[64];	  /* the kernel's function that asked: "chown_common"; "" without a stack */
};

/* Of all processors together. */
struct trace_sink {
	void (*check)(void *data, const struct trace_check *check);
	void *data;
	uint64_t lost; /* events that were overwritten before they were read */
	struct trace_half *halves; /* kprobes: events whose other one is not here yet */
	size_t half_count;
};
void trace_sink_free(struct trace_sink *sink);

/* Zero is where to begin. */
struct trace_parse {
	char line[512];
	size_t length;
	bool overlong;	    /* the line is longer than that: the rest is passed over */
	bool pending;	    /* a check whose stack may follow */
	bool entered;	    /* of a kprobe: its answer is to come */
	bool prctl;	    /* of that on cap_task_prctl() */
	bool below_capable; /* the stack has come to the function that was probed */
	char above[64];	    /* the last function of the stack */
	int task;
	struct trace_check check;
};

void trace_parse_feed(struct trace_parse *parse, struct trace_sink *sink, const char *text, size_t length);
/* No more text: the last check is complete. */
void trace_parse_end(struct trace_parse *parse, struct trace_sink *sink);

#endif
