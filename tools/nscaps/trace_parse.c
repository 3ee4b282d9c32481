/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "nscaps/trace_parse.h"

/* One of a task's two kprobe events. */
struct trace_half {
	int task;
	bool entered, prctl;
	struct trace_check check; /* entered: without the answer, else the answer alone */
};

/*
 * Checks that a program without the capability passes just as well:
 *	vm_enough_memory	at each fork, execve and mmap: whether the memory kept for root may be used
 *	_list			whether attributes trusted.* are named among the others
 */
static const char *const hints[] = { "security_vm_enough_memory_mm", "cap_vm_enough_memory",
				     "__vm_enough_memory", "simple_xattr_list", "xattr_trusted_list",
				     "ext4_xattr_trusted_list", "shmem_listxattr" };

void trace_sink_free(struct trace_sink *sink)
{
	free(sink->halves);
	sink->halves = NULL;
	sink->half_count = 0;
}

/* ---- kprobes: two events a check ------------------------------------------------------------ */

#define NOT_ASKED UINT_MAX /* no capability: another prctl(2) than that which the kernel asks for one itself */

static void add_half(struct trace_sink *sink, const struct trace_half *half)
{
	for (size_t i = 0; i < sink->half_count; i++) {
		struct trace_half *other = &sink->halves[i];
		const struct trace_half *enter = half->entered ? half : other, *answer = half->entered ? other : half;
		struct trace_check check;

		if (other->task != half->task || other->prctl != half->prctl || other->entered == half->entered)
			continue;
		check = enter->check;
		check.granted = answer->check.granted;
		sink->half_count--;
		memmove(other, other + 1, (sink->half_count - i) * sizeof(*other));
		if (check.capability != NOT_ASKED)
			sink->check(sink->data, &check);
		return;
	}
	sink->halves = memory_grow(sink->halves, sink->half_count + 1, sizeof(*sink->halves));
	sink->halves[sink->half_count++] = *half;
}

/* ---- the stack ------------------------------------------------------------------------------ */

/* Functions that begin system calls under another name, where the compiler left the wrapper out of the stack. */
static const struct {
	const char *function, *syscall;
} odd_names[] = {
	{ "ksys_mmap_pgoff", "mmap" },	  { "vm_mmap_pgoff", "mmap" },	   { "do_mprotect_pkey", "mprotect" },
	{ "do_sys_openat2", "openat" },	  { "kernel_clone", "clone" },	   { "path_mount", "mount" },
	{ "path_umount", "umount" },	  { "do_group_exit", "exit_group" },
};

/* "__x64_sys_chown", "__do_sys_clone", "__arm64_sys_openat": the name behind "sys_", or NULL. */
static const char *syscall_of(const char *function)
{
	const char *found;

	if (strncmp(function, "__", 2))
		return NULL;
	found = strstr(function, "sys_");
	return found && found[-1] == '_' ? found + 4 : NULL;
}

/* The same from the function below the entry point: "do_fchownat", "ksys_unshare". */
static const char *syscall_guess(const char *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(odd_names); i++)
		if (!strcmp(function, odd_names[i].function))
			return odd_names[i].syscall;
	if (!strncmp(function, "ksys_", 5))
		return function + 5;
	return strncmp(function, "do_", 3) ? NULL : function + 3;
}

static bool is_entry(const char *function)
{
	static const char *const names[] = { "do_syscall_64", "x64_sys_call", "invoke_syscall", "do_el0_svc",
					     "do_syscall", "system_call_exception" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(function, names[i]))
			return true;
	return false;
}

/* The functions that only hand the question on. */
static bool asks_for_others(const char *function)
{
	return strstr(function, "capable") || !strncmp(function, "has_capability", strlen("has_capability")) ||
	       !strncmp(function, "has_ns_capability", strlen("has_ns_capability"));
}

static void add_frame(struct trace_parse *parse, const char *function)
{
	struct trace_check *check = &parse->check;
	const char *syscall = syscall_of(function);

	if (!strcmp(function, parse->prctl ? "cap_task_prctl" : "cap_capable"))
		parse->below_capable = true;
	/* What is above it is how the event itself came about. */
	if (!parse->below_capable)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		check->hint |= !strcmp(function, hints[i]);
	if (!syscall && !*check->syscall && is_entry(function))
		syscall = syscall_guess(parse->above);
	if (syscall)
		snprintf(check->syscall, sizeof(check->syscall), "%s", syscall);
	if (!*check->site && !asks_for_others(function))
		snprintf(check->site, sizeof(check->site), "%s", function);
	snprintf(parse->above, sizeof(parse->above), "%s", function);
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void finish(struct trace_parse *parse, struct trace_sink *sink)
{
	struct trace_half half = { .task = parse->task, .entered = true, .prctl = parse->prctl, .check = parse->check };

	if (parse->pending && parse->entered)
		add_half(sink, &half);
	else if (parse->pending)
		sink->check(sink->data, &parse->check);
	parse->pending = parse->entered = parse->prctl = parse->below_capable = false;
	parse->above[0] = '\0';
	parse->check = (struct trace_check){ 0 };
}

/* What stands behind the last `name`: a process may have called itself that. */
static const char *behind_last(const char *line, const char *name)
{
	const char *found = NULL, *at = line;

	while ((at = strstr(at, name))) {
		at += strlen(name);
		found = at;
	}
	return found;
}

/* "sh-123     [000] .....  ": the number before the processor's. */
static int task_of(const char *line)
{
	const char *bracket = behind_last(line, " [");
	const char *at = bracket ? bracket - 2 : NULL;

	while (at && at > line && *at == ' ')
		at--;
	while (at && at > line && *at >= '0' && *at <= '9')
		at--;
	return at && *at == '-' ? (int)strtol(at + 1, NULL, 10) : 0;
}

static bool take_tracepoint(struct trace_parse *parse, struct trace_sink *sink, const char *line)
{
	const char *fields = behind_last(line, "cap_capable: cred "), *cap, *ret;
	unsigned capability;
	int answer;

	cap = fields ? strstr(fields, ", cap ") : NULL;
	ret = cap ? strstr(cap, ", ret ") : NULL;
	if (!ret || sscanf(cap, ", cap %u", &capability) != 1 || sscanf(ret, ", ret %d", &answer) != 1)
		return false;
	finish(parse, sink);
	parse->pending = true;
	parse->check.capability = capability;
	parse->check.granted = answer == 0;
	return true;
}

/* The kprobes' two pairs of events: of a question and its answer, and of the prctl(2) that asks by itself. */
static const struct kprobe_pair {
	const char *enter, *field, *back;
	bool prctl;
} kprobe_pairs[] = {
	{ "nscaps_enter: (", " cap=", "nscaps_return: (", false },
	{ "nscaps_prctl_enter: (", " option=", "nscaps_prctl_return: (", true },
};

/* The number behind `field` (" name="), behind `event`. */
static bool read_field(const char *line, const char *event, const char *field, int *value)
{
	const char *at = behind_last(line, event);

	at = at ? strstr(at, field) : NULL;
	return at && sscanf(at + strlen(field), "%d", value) == 1;
}

/* Securebits are the last thing that is looked at before the question: an error may be for another reason. */
static unsigned asked(const struct kprobe_pair *pair, int value)
{
	if (!pair->prctl)
		return (unsigned)value;
	return value == PR_SET_SECUREBITS ? CAP_SETPCAP : NOT_ASKED;
}

static bool take_kprobe(struct trace_parse *parse, struct trace_sink *sink, const char *line,
			const struct kprobe_pair *pair)
{
	struct trace_half half = { .task = task_of(line), .prctl = pair->prctl };
	int value;

	if (read_field(line, pair->back, " ret=", &value)) {
		finish(parse, sink);
		half.check.granted = value == 0;
		add_half(sink, &half);
		return true;
	}
	if (!read_field(line, pair->enter, pair->field, &value) || (value < 0 && !pair->prctl))
		return false;
	finish(parse, sink);
	parse->pending = parse->entered = true;
	parse->prctl = pair->prctl;
	parse->task = half.task;
	parse->check.capability = asked(pair, value);
	return true;
}

static void take_line(struct trace_parse *parse, struct trace_sink *sink, char *line)
{
	unsigned long long lost;
	const char *at;

	if (!strncmp(line, " => ", 4)) {
		line[4 + strcspn(line + 4, " +[")] = '\0';
		if (parse->pending)
			add_frame(parse, line + 4);
		return;
	}
	if (take_tracepoint(parse, sink, line))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kprobe_pairs); i++)
		if (take_kprobe(parse, sink, line, &kprobe_pairs[i]))
			return;
	at = strstr(line, "[LOST ");
	if (!strncmp(line, "CPU:", 4) && at && sscanf(at, "[LOST %llu EVENTS]", &lost) == 1)
		sink->lost += lost;
}

void trace_parse_feed(struct trace_parse *parse, struct trace_sink *sink, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\n') {
			if (parse->length < sizeof(parse->line) - 1)
				parse->line[parse->length++] = text[i] ? text[i] : '?';
			else
				parse->overlong = true;
			continue;
		}
		parse->line[parse->length] = '\0';
		if (!parse->overlong)
			take_line(parse, sink, parse->line);
		parse->length = 0;
		parse->overlong = false;
	}
}

void trace_parse_end(struct trace_parse *parse, struct trace_sink *sink)
{
	finish(parse, sink);
}
