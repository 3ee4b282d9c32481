/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways round what older kernels lack or a seccomp filter keeps from us (security.md P17, R7). */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"
#include "cgroup_help.h"

/* From now on the system call fails with the errno, in this process and its children. */
static void refuse_call(unsigned number, unsigned errnum)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | errnum),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = filter };

	cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void life_without_openat2(unsigned errnum)
{
	struct test_group test;
	struct kern_cgroup below = { 0 };
	char path[512];

	refuse_call(SYS_openat2, errnum);
	test = test_group_make("pids", "old");
	test_group_below(&test, "a/b/c", path, sizeof(path));
	cr_expect_eq(kern_cgroup_create(&below, test.mountpoint, path, NULL, test.err), 0, "%s",
		     test_error_text(test.err));
	kern_cgroup_close(&below);
	cr_expect_eq(kern_cgroup_open(&below, test.mountpoint, path, test.err), 0);
	kern_cgroup_close(&below);
	test_group_below(&test, "a/none", path, sizeof(path));
	cr_expect_eq(kern_cgroup_open(&below, test.mountpoint, path, test.err), -1);
	cr_expect_eq(test.err->errnum, ENOENT);
	test_group_end(&test);
}

Test(cgroup_old, openat2_enosys)
{
	life_without_openat2(ENOSYS);
}

Test(cgroup_old, openat2_eperm)
{
	life_without_openat2(EPERM);
}

/* Something else is mounted on a group: no way leads into it, with openat2 or without. Exit status 0, or where. */
static int open_under_mount(struct test_group *test, const char *path)
{
	char full[1024];
	struct kern_cgroup group = { 0 };

	snprintf(full, sizeof(full), "%s%s", test->mountpoint, test->path);
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return 77;
	if (mount("none", full, "tmpfs", 0, NULL) != 0)
		return 77;
	snprintf(full, sizeof(full), "%s%s", test->mountpoint, path);
	if (mkdir(full, 0755) != 0)
		return 1;
	if (kern_cgroup_open(&group, test->mountpoint, path, test->err) == 0 || test->err->errnum != EXDEV)
		return 2;
	refuse_call(SYS_openat2, ENOSYS);
	*test->err = (struct err){ 0 };
	return kern_cgroup_open(&group, test->mountpoint, path, test->err) == 0 || test->err->errnum != EXDEV
		       ? 3
		       : 0;
}

Test(cgroup_old, another_mount)
{
	struct test_group test = test_group_make("pids", "mounted");
	char path[512];
	int status;
	pid_t child;

	test_group_below(&test, "x", path, sizeof(path));
	child = fork();
	if (child == 0)
		_exit(open_under_mount(&test, path));
	status = test_child_status(child);
	test_group_end(&test);
	if (WEXITSTATUS(status) == 77)
		cr_skip_test("this user may not mount");
	cr_expect_eq(status, 0, "exit status %d", WEXITSTATUS(status));
}

static void bomb(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		if (fork() < 0)
			usleep(100);
}

/* A kernel without cgroup.kill (before 5.14): freeze, signal, thaw. At most 200 processes, 20 s. */
Test(cgroup_old, kill_v2_by_signals, .timeout = 60)
{
	struct test_group test = test_group_make("v2", "signals");
	struct test_group limit = test_group_make("pids", "limit");
	struct kern_cgroup *first = limit.group;
	char path[512];
	struct kern_cgroup below = { 0 };
	pid_t child;

	cr_assert_eq(kern_cgroup_write(limit.group, "pids.max", "200", false, test.err), 0);
	if (limit.group->v2) {
		/* One hierarchy: the limit must be above the group that is killed. */
		test_group_below(&limit, "killed", path, sizeof(path));
		cr_assert_eq(kern_cgroup_create(&below, limit.mountpoint, path, NULL, test.err), 0);
		first = &below;
	}
	child = fork();
	if (child == 0) {
		kern_cgroup_attach(first, 0, test.err);
		if (!first->v2)
			kern_cgroup_attach(test.group, 0, test.err);
		bomb();
	}
	usleep(300000);
	cr_expect_eq(cgroup_kill_by_signals(first->v2 ? first : test.group, cgroup_now_ms() + 20000, test.err), 0,
		     "%s", test_error_text(test.err));
	cr_expect_eq(WTERMSIG(test_child_status(child)), SIGKILL);
	kern_cgroup_close(&below);
	test_group_end(&limit);
	test_group_end(&test);
}
