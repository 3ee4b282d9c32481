/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a group used, the same fields from v1 and v2; and being told of an OOM kill, of emptiness, of the end. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/events.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/kill.h"
#include "kern/cgroup/stats.h"
#include "cgroup_help.h"

#define MIB (1024ul * 1024)

static void use_8_mib(void)
{
	char *memory = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(memory, 1, 8 * MIB);
	kill(getpid(), SIGSTOP);
	_exit(0);
}

static void use_too_much(void)
{
	for (;;) {
		char *memory = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(memory, 1, MIB);
	}
}

static void burn(void)
{
	struct timespec now;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while (now.tv_nsec < 100000000);
	_exit(0);
}

static const char *limit_file(const struct test_group *test)
{
	return test->group->v2 ? "memory.max" : "memory.limit_in_bytes";
}

static void stats_of(const struct test_group *test, const char *controller, struct kern_cgroup_stats *stats)
{
	kern_cgroup_stats_init(stats);
	cr_assert_eq(kern_cgroup_stats_add(test->group, controller, stats, test->err), 0, "%s",
		     test_error_text(test->err));
}

Test(cgroup_stats, memory)
{
	struct test_group test = test_group_make("memory", "memory");
	struct kern_cgroup_stats stats;
	int status;
	pid_t child;

	cr_assert_eq(kern_cgroup_write(test.group, limit_file(&test), "33554432", false, test.err), 0);
	child = test_child(test.group, use_8_mib);
	cr_assert_eq(waitpid(child, &status, WUNTRACED), child);
	cr_assert(WIFSTOPPED(status));
	stats_of(&test, ",memory,", &stats);
	cr_expect_eq(stats.memory.limit, 32 * MIB);
	cr_expect_geq(stats.memory.usage, 8 * MIB);
	cr_expect_lt(stats.memory.usage, 32 * MIB);
	cr_expect_geq(stats.memory.peak, 8 * MIB);
	cr_expect_geq(stats.memory.anon, 8 * MIB);
	cr_expect_lt(stats.memory.anon, 32 * MIB);
	cr_expect_geq(stats.memory.page_faults, 1);
	cr_expect_eq(stats.memory.oom_kill, 0);
	cr_expect_eq(stats.pids, KERN_CGROUP_UNKNOWN);
	cr_expect_eq(stats.io_count, 0);
	kill(child, SIGKILL);
	test_child_status(child);
	test_group_end(&test);
}

Test(cgroup_stats, cpu)
{
	struct test_group test = test_group_make("cpuacct", "cpu");
	struct kern_cgroup_stats stats;

	test_child_status(test_child(test.group, burn));
	stats_of(&test, ",cpuacct,", &stats);
	cr_expect_geq(stats.cpu.usage, 20000, "%lu us", stats.cpu.usage);
	cr_expect_lt(stats.cpu.usage, 5000000);
	cr_expect_neq(stats.cpu.user, KERN_CGROUP_UNKNOWN);
	test_group_end(&test);
}

Test(cgroup_stats, cpu_v2)
{
	struct test_group test = test_group_make("v2", "cpu2");
	struct kern_cgroup_stats stats;

	test_child_status(test_child(test.group, burn));
	stats_of(&test, NULL, &stats);
	cr_expect_geq(stats.cpu.usage, 20000, "%lu us", stats.cpu.usage);
	cr_expect_lt(stats.cpu.usage, 5000000);
	if (faccessat(test.group->fd, "cpu.pressure", F_OK, 0) == 0)
		cr_expect(stats.cpu_pressure.known || errno == EOPNOTSUPP);
	test_group_end(&test);
}

Test(cgroup_stats, pids)
{
	struct test_group test = test_group_make("pids", "pids");
	struct kern_cgroup_stats stats;
	pid_t child = test_child(test.group, NULL);

	cr_assert_eq(kern_cgroup_write(test.group, "pids.max", "40", false, test.err), 0);
	stats_of(&test, ",pids,", &stats);
	cr_expect_eq(stats.pids, 1);
	cr_expect_eq(stats.pids_limit, 40);
	kill(child, SIGKILL);
	test_child_status(child);
	stats_of(&test, ",pids,", &stats);
	cr_expect_eq(stats.pids, 0);
	test_group_end(&test);
}

Test(cgroup_stats, hugetlb)
{
	struct test_group test = test_group_make("hugetlb", "hugetlb");
	struct kern_cgroup_stats stats;

	stats_of(&test, ",hugetlb,", &stats);
	cr_assert_geq(stats.hugetlb_count, 1);
	for (size_t i = 0; i < stats.hugetlb_count; i++) {
		cr_expect(strstr(stats.hugetlb[i].size, "B"), "%s", stats.hugetlb[i].size);
		cr_expect_eq(stats.hugetlb[i].usage, 0);
		cr_expect_eq(stats.hugetlb[i].limit, KERN_CGROUP_NO_LIMIT, "%s: %lu", stats.hugetlb[i].size,
			     stats.hugetlb[i].limit);
		cr_expect_eq(stats.hugetlb[i].max_events, 0);
	}
	test_group_end(&test);
}

Test(cgroup_stats, removed)
{
	struct test_group test = test_group_make("pids", "removed");
	struct kern_cgroup_stats stats;

	cr_assert_eq(kern_cgroup_delete(test.mountpoint, test.path, 0, 1000, test.err), 0);
	kern_cgroup_stats_init(&stats);
	cr_expect_eq(kern_cgroup_stats_add(test.group, NULL, &stats, test.err), -1);
	cr_expect_eq(test.err->errnum, ENOENT);
	test_group_end(&test);
}

/* An OOM kill wakes the waiter, with both counters (v1 tells the kill itself by no event). */
Test(cgroup_events, oom, .timeout = 60)
{
	struct test_group test = test_group_make("memory", "oom");
	struct kern_cgroup_events events;
	struct kern_cgroup_stats stats;
	int status, rounds = 0;
	pid_t child;

	cr_assert_eq(kern_cgroup_write(test.group, limit_file(&test), "8388608", false, test.err), 0);
	kern_cgroup_write(test.group, test.group->v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
			  test.group->v2 ? "0" : "8388608", true, test.err);
	cr_assert_eq(kern_cgroup_events_open(&events, test.group, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(events.counts.oom_kill, 0);
	child = test_child(test.group, use_too_much);
	while ((events.counts.oom == 0 || events.counts.oom_kill == 0) && rounds++ < 50) {
		int result = kern_cgroup_events_wait(&events, 2000, test.err);

		cr_assert_geq(result, 0, "%s", test_error_text(test.err));
		if (result == 0)
			break;
	}
	cr_expect_geq(events.counts.oom, 1);
	status = test_child_status(child);
	cr_expect_eq(WTERMSIG(status), SIGKILL);
	cr_expect_geq(kern_cgroup_events_read(&events, test.err), 0);
	cr_expect_eq(events.counts.oom_kill, 1);
	kern_cgroup_events_close(&events);
	stats_of(&test, ",memory,", &stats);
	cr_expect_eq(stats.memory.oom_kill, 1);
	test_group_end(&test);
}

/* v2 tells: populated, empty, removed; each wakes the waiter, and nothing else does. */
Test(cgroup_events, life_v2, .timeout = 60)
{
	struct test_group test = test_group_make("v2", "events");
	struct kern_cgroup_events events;
	pid_t child;

	cr_assert_eq(kern_cgroup_events_open(&events, test.group, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_not(events.counts.populated);
	cr_expect_eq(kern_cgroup_events_wait(&events, 50, test.err), 0);
	child = test_child(test.group, NULL);
	cr_expect_eq(kern_cgroup_events_wait(&events, 5000, test.err), 1);
	cr_expect(events.counts.populated);
	kill(child, SIGKILL);
	test_child_status(child);
	cr_expect_eq(kern_cgroup_events_wait(&events, 5000, test.err), 1);
	cr_expect_not(events.counts.populated);
	cr_expect_eq(kern_cgroup_delete(test.mountpoint, test.path, 0, 1000, test.err), 0);
	cr_expect_eq(kern_cgroup_events_wait(&events, 5000, test.err), 1);
	cr_expect(events.counts.gone);
	kern_cgroup_events_close(&events);
	test_group_end(&test);
}

/* v1's eventfd tells the removal too. */
Test(cgroup_events, removed_v1, .timeout = 60)
{
	struct test_group test = test_group_make("memory", "gone");
	struct kern_cgroup_events events;

	cr_assert_eq(kern_cgroup_events_open(&events, test.group, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(kern_cgroup_delete(test.mountpoint, test.path, 0, 1000, test.err), 0);
	cr_expect_eq(kern_cgroup_events_wait(&events, 5000, test.err), 1);
	cr_expect(events.counts.gone);
	kern_cgroup_events_close(&events);
	test_group_end(&test);
}
