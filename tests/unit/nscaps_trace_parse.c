/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a trace_pipe, as kernels 6.18 and 6.1 write it, and as a traced process would like to forge it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "nscaps/trace_parse.h"

#define EVENT "cap_capable: cred 0000000023495a68, target_ns 000000002cd6b450, capable_ns 000000002cd6b450, "
#define ABOVE "<stack trace>\n => trace_event_raw_event_cap_capable\n => cap_capable\n"
#define BELOW " => do_syscall_64\n => entry_SYSCALL_64_after_hwframe\n"

static void collect(void *data, const struct trace_check *check)
{
	strbuf_printf(data, "%u %s%s %s %s\n", check->capability, check->granted ? "granted" : "denied",
		      check->hint ? " hint" : "", *check->syscall ? check->syscall : "-",
		      *check->site ? check->site : "-");
}

static void expect(const char *text, const char *checks, size_t step)
{
	auto_strbuf struct strbuf got = { 0 };
	struct trace_sink sink = { .check = collect, .data = &got };
	struct trace_parse parse = { 0 };

	strbuf_puts(&got, "");
	for (size_t i = 0, length = strlen(text); i < length; i += step)
		trace_parse_feed(&parse, &sink, text + i, length - i < step ? length - i : step);
	trace_parse_end(&parse, &sink);
	trace_sink_free(&sink);
	cr_expect_str_eq(got.text, checks, "of\n%s\nin steps of %zu:\n%s", text, step, got.text);
}

static const struct {
	const char *text, *checks;
} rows[] = {
	{ "", "" },
	{ EVENT "cap 0, ret 0\n" ABOVE " => security_capable\n => ns_capable\n => capable_wrt_inode_uidgid\n"
		" => chown_ok\n => notify_change\n => __x64_sys_fchownat\n" BELOW,
	  "0 granted fchownat chown_ok\n" },
	/* two, the second without a stack; denied */
	{ EVENT "cap 21, ret 0\n" ABOVE " => __do_sys_clone\n" BELOW EVENT "cap 13, ret -1\n",
	  "21 granted clone __do_sys_clone\n13 denied - -\n" },
	{ EVENT "cap 21, ret -1\n" ABOVE
		" => security_vm_enough_memory_mm\n => dup_mmap\n => kernel_clone\n => __do_sys_clone\n" BELOW,
	  "21 denied hint clone security_vm_enough_memory_mm\n" },
	/* the wrapper is not in the stack */
	{ EVENT "cap 21, ret 0\n" ABOVE " => security_vm_enough_memory_mm\n => do_mmap\n => vm_mmap_pgoff\n"
		" => ksys_mmap_pgoff\n" BELOW,
	  "21 granted hint mmap security_vm_enough_memory_mm\n" },
	{ EVENT "cap 8, ret 0\n" ABOVE " => f\n => do_mkdirat\n" BELOW, "8 granted mkdirat f\n" },
	/* no system call: a page fault, a thread of the kernel */
	{ EVENT "cap 8, ret 0\n" ABOVE " => f\n => exc_page_fault\n => asm_exc_page_fault\n", "8 granted - f\n" },
	{ EVENT "cap 8, ret 0\n" ABOVE " => security_capable+0x32/0x70\n => f+0x1/0x2 [ext4]\n", "8 granted - f\n" },
	/* arm64 */
	{ EVENT "cap 8, ret 0\n" ABOVE " => f\n => __arm64_sys_setuid\n => invoke_syscall\n => el0_svc\n",
	  "8 granted setuid f\n" },
	/* what is not ours, damaged, or lost */
	{ "some other line\n => cap_capable\nCPU:1 [LOST 5 EVENTS]\ncap_capable: cred x\n" EVENT "cap x, ret 0\n", "" },
	{ EVENT "cap 1, ret 0\nCPU:0 [LOST 7 EVENTS]\n" ABOVE " => f\n", "1 granted - f\n" },
	/* kprobes, with the task's name; 6.1 */
	{ "   sh-77      [001] ...1.   1.5: nscaps_enter: (cap_capable+0x0/0xb0) cap=0 options=0\n"
	  "   sh-77      [001] ...1.   1.6: <stack trace>\n => cap_capable\n => security_capable\n => chown_ok\n"
	  " => __x64_sys_chown\n"
	  "   sh-77      [001] ...1.   1.7: nscaps_return: (security_capable+0x41/0x60 <- cap_capable) ret=0\n",
	  "0 granted chown chown_ok\n" },
	/* another task in between, and an answer that comes first */
	{ " a-1 [000] .. 1.1: nscaps_enter: (cap_capable+0x0/0xb0) cap=1 options=0\n"
	  " b-2 [000] .. 1.2: nscaps_enter: (cap_capable+0x0/0xb0) cap=2 options=0\n"
	  " a-1 [000] .. 1.3: nscaps_return: (x <- cap_capable) ret=-1\n"
	  " b-2 [000] .. 1.4: nscaps_return: (x <- cap_capable) ret=0\n",
	  "1 denied - -\n2 granted - -\n" },
	{ " a-1 [000] .. 1.3: nscaps_return: (x <- cap_capable) ret=-1\n"
	  " a-1 [000] .. 1.1: nscaps_enter: (cap_capable+0x0/0xb0) cap=3 options=0\n",
	  "3 denied - -\n" },
	/* securebits, of which cap_capable() itself is not seen; another prctl(2), which asks with it in between */
	{ " a-1 [000] .. 1.1: nscaps_prctl_enter: (cap_task_prctl+0x0/0x2a0) option=28\n"
	  " a-1 [000] .. 1.1: <stack trace>\n => kprobe_ftrace_handler\n => cap_task_prctl\n => security_task_prctl\n"
	  " => __do_sys_prctl\n => do_syscall_64\n"
	  " a-1 [000] .. 1.2: nscaps_prctl_return: (security_task_prctl+0x4f/0xa0 <- cap_task_prctl) ret=0\n",
	  "8 granted prctl cap_task_prctl\n" },
	{ " a-1 [000] .. 1.1: nscaps_prctl_enter: (cap_task_prctl+0x0/0x2a0) option=24\n"
	  " a-1 [000] .. 1.1: nscaps_enter: (cap_capable+0x0/0xb0) cap=8 options=0\n"
	  " a-1 [000] .. 1.2: nscaps_return: (x <- cap_capable) ret=0\n"
	  " a-1 [000] .. 1.3: nscaps_prctl_return: (x <- cap_task_prctl) ret=0\n"
	  " a-1 [000] .. 1.4: nscaps_prctl_enter: (cap_task_prctl+0x0/0x2a0) option=28\n"
	  " a-1 [000] .. 1.5: nscaps_prctl_return: (x <- cap_task_prctl) ret=-1\n",
	  "8 granted - -\n8 denied - -\n" },
	/* names that a process gave itself */
	{ " nscaps_enter: (-9 [000] .. 1.1: nscaps_enter: (cap_capable+0x0/0xb0) cap=4 options=2\n"
	  " x [9] cap=7-9 [000] .. 1.3: nscaps_return: (x <- cap_capable) ret=0\n",
	  "4 granted - -\n" },
	{ " x\n => f-9 [000] .. 1.1: nscaps_enter: (cap_capable+0x0/0xb0) cap=4 options=2\n", "" },
};

Test(trace_parse, lines)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		expect(rows[i].text, rows[i].checks, 100000);
		/* as read(2) may cut it */
		expect(rows[i].text, rows[i].checks, 1);
		expect(rows[i].text, rows[i].checks, 7);
	}
}

Test(trace_parse, lost_events_are_counted)
{
	static const char text[] = "CPU:1 [LOST 5 EVENTS]\nCPU:0 [LOST 18446744073709551610 EVENTS]\n"
				   "x [LOST 9 EVENTS]\n";
	auto_strbuf struct strbuf got = { 0 };
	struct trace_sink sink = { .check = collect, .data = &got };
	struct trace_parse parse = { 0 };

	trace_parse_feed(&parse, &sink, text, strlen(text));
	cr_expect_eq(sink.lost, UINT64_MAX);
}

Test(trace_parse, a_line_without_end)
{
	auto_strbuf struct strbuf got = { 0 };
	struct trace_sink sink = { .check = collect, .data = &got };
	struct trace_parse parse = { 0 };
	char text[1000];

	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 50; i++)
		trace_parse_feed(&parse, &sink, text, sizeof(text));
	trace_parse_feed(&parse, &sink, "\n" EVENT "cap 5, ret 0\n", strlen(EVENT) + 14);
	trace_parse_end(&parse, &sink);
	cr_expect_str_eq(got.text, "5 granted - -\n");
}
