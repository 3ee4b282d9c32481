/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Freezing and killing: everything, also what is frozen and what forks as fast as it can. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/kill.h"
#include "cgroup_help.h"

static void freeze_and_kill(const char *hierarchy)
{
	struct test_group test = test_group_make(hierarchy, "freeze");
	enum kern_cgroup_freeze_state state;
	pid_t first = test_child(test.group, NULL), second = test_child(test.group, NULL);

	cr_expect_eq(kern_cgroup_freeze(test.group, 5000, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(kern_cgroup_freeze_read(test.group, &state, test.err), 0);
	cr_expect_eq(state, KERN_CGROUP_FROZEN);
	cr_expect_eq(kern_cgroup_freeze(test.group, 5000, test.err), 0);
	cr_expect_eq(kern_cgroup_thaw(test.group, 5000, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(kern_cgroup_freeze_read(test.group, &state, test.err), 0);
	cr_expect_eq(state, KERN_CGROUP_THAWED);

	cr_expect_eq(kern_cgroup_freeze(test.group, 5000, test.err), 0);
	cr_expect_eq(kern_cgroup_kill(test.group, 5000, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(WTERMSIG(test_child_status(first)), SIGKILL);
	cr_expect_eq(WTERMSIG(test_child_status(second)), SIGKILL);
	test_group_end(&test);
}

Test(cgroup_kill, frozen_v1, .timeout = 60)
{
	freeze_and_kill("freezer");
}

Test(cgroup_kill, frozen_v2, .timeout = 60)
{
	freeze_and_kill("v2");
}

/* Frozen and empty: not a place for a new container. */
static void frozen_does_not_fit(const char *hierarchy)
{
	struct test_group test = test_group_make(hierarchy, "fit");

	test.group->fresh = false;
	cr_expect_eq(kern_cgroup_freeze(test.group, 5000, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(kern_cgroup_check_fit(test.group, test.err), -1);
	cr_expect(strstr(test_error_text(test.err), "is frozen"), "%s", test_error_text(test.err));
	test_group_end(&test);
}

Test(cgroup_kill, frozen_does_not_fit_v1)
{
	frozen_does_not_fit("freezer");
}

Test(cgroup_kill, frozen_does_not_fit_v2)
{
	frozen_does_not_fit("v2");
}

/* Frozen through the group above: thawing here says why it cannot. */
static void frozen_above(const char *hierarchy)
{
	struct test_group test = test_group_make(hierarchy, "above");
	struct kern_cgroup below = { 0 };
	char path[512];
	pid_t child;

	test_group_below(&test, "sub", path, sizeof(path));
	cr_assert_eq(kern_cgroup_create(&below, test.mountpoint, path, NULL, test.err), 0);
	child = test_child(&below, NULL);
	cr_expect_eq(kern_cgroup_freeze(test.group, 5000, test.err), 0);
	cr_expect_eq(kern_cgroup_thaw(&below, 100, test.err), -1);
	cr_expect(strstr(test.err->hint, "a group above it is frozen"), "%s", test_error_text(test.err));
	*test.err = (struct err){ 0 };
	cr_expect_eq(kern_cgroup_kill(test.group, 5000, test.err), 0, "%s", test_error_text(test.err));
	test_child_status(child);
	kern_cgroup_close(&below);
	test_group_end(&test);
}

Test(cgroup_kill, frozen_above_v1, .timeout = 60)
{
	frozen_above("freezer");
}

Test(cgroup_kill, frozen_above_v2, .timeout = 60)
{
	frozen_above("v2");
}

static void bomb(void)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		if (fork() < 0)
			usleep(100);
}

/* Short-lived ones too: pids come and go under the list. */
static void churn(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		if (fork() == 0 && fork() == 0)
			_exit(0);
}

/*
 * A fork bomb under pids.max. On v1 the bomb is in the freezer group too; the
 * kill goes through `kill_in`. Bounded: 60 processes, 20 s.
 */
static void kill_bomb(const char *kill_in, void (*run)(void))
{
	/* First the one whose lack skips the test. */
	struct test_group other = test_group_make(kill_in, "bomb2");
	struct test_group limit = test_group_make("pids", "bomb");
	struct err err = { 0 };
	struct timespec nap = { .tv_nsec = 200000000 };
	pid_t child;

	cr_assert_eq(kern_cgroup_write(limit.group, "pids.max", "60", false, &err), 0);
	child = test_child(limit.group, NULL);
	kill(child, SIGKILL);
	test_child_status(child);
	if (limit.group->v2 && other.group->v2) {
		child = test_child(limit.group, run);
		nanosleep(&nap, NULL);
		cr_expect_eq(kern_cgroup_kill(limit.group, 20000, &err), 0, "%s", test_error_text(&err));
	} else {
		int hold[2];

		cr_assert_eq(pipe2(hold, O_CLOEXEC), 0);
		child = fork();
		if (child == 0) {
			char byte;

			if (read(hold[0], &byte, 1) == 1)
				run();
			_exit(1);
		}
		cr_assert_eq(kern_cgroup_attach(limit.group, child, &err), 0);
		cr_assert_eq(kern_cgroup_attach(other.group, child, &err), 0);
		cr_assert_eq(write(hold[1], "", 1), 1);
		nanosleep(&nap, NULL);
		cr_expect_eq(kern_cgroup_kill(other.group, 20000, &err), 0, "%s", test_error_text(&err));
	}
	test_child_status(child);
	cr_expect_eq(kern_cgroup_is_populated(other.group, &err), 0);
	/* Whoever was killed is out of the pids group as well. */
	cr_expect_eq(kern_cgroup_wait_empty(limit.group, 5000, &err), 0, "%s", test_error_text(&err));
	test_group_end(&other);
	test_group_end(&limit);
}

Test(cgroup_kill, bomb_v1_freezer, .timeout = 90)
{
	kill_bomb("freezer", bomb);
}

Test(cgroup_kill, bomb_v2, .timeout = 90)
{
	kill_bomb("v2", bomb);
}

Test(cgroup_kill, churn_v1_freezer, .timeout = 90)
{
	kill_bomb("freezer", churn);
}

Test(cgroup_kill, churn_v2, .timeout = 90)
{
	kill_bomb("v2", churn);
}

Test(cgroup_kill, signal)
{
	struct test_group test = test_group_make("pids", "signal");
	pid_t first = test_child(test.group, NULL), second = test_child(test.group, NULL);
	size_t sent = 0;

	cr_expect_eq(kern_cgroup_signal(test.group, SIGTERM, &sent, test.err), 0);
	cr_expect_eq(sent, 2);
	cr_expect_eq(WTERMSIG(test_child_status(first)), SIGTERM);
	cr_expect_eq(WTERMSIG(test_child_status(second)), SIGTERM);
	cr_expect_eq(kern_cgroup_signal(test.group, SIGTERM, &sent, test.err), 0);
	cr_expect_eq(sent, 0);
	test_group_end(&test);
}

/* Killing the group that we are in would end us in the middle. */
Test(cgroup_kill, itself)
{
	struct test_group test = test_group_make("pids", "itself");
	pid_t child = fork();

	if (child == 0) {
		struct err err = { 0 };

		if (kern_cgroup_attach(test.group, 0, &err) != 0)
			_exit(2);
		_exit(kern_cgroup_kill(test.group, 1000, &err) == -1 && err.kind == ERR_STATE ? 0 : 1);
	}
	cr_expect_eq(test_child_status(child), 0);
	test_group_end(&test);
}
