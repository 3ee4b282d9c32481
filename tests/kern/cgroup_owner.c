/* SPDX-License-Identifier: GPL-2.0-or-later */
/* v2 delegation: what an owner may do, and what he is told where he may not. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/group.h"
#include "cgroup_help.h"

/* An owner gets the directory and the delegated files, and files that are not there are no error. */
Test(cgroup_owner, files)
{
	struct test_group test = test_group_make("v2", "owner");
	struct stat st;

	if (geteuid() != 0)
		cr_skip_test("needs root to give files away");
	cr_expect_eq(kern_cgroup_set_owner(test.group, 12345, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(fstat(test.group->fd, &st), 0);
	cr_expect_eq(st.st_uid, 12345);
	cr_expect_eq(fstatat(test.group->fd, "cgroup.procs", &st, 0), 0);
	cr_expect_eq(st.st_uid, 12345);
	cr_expect_eq(fstatat(test.group->fd, "cgroup.freeze", &st, 0), 0);
	cr_expect_eq(st.st_uid, 0);
	test_group_end(&test);
}

/* An unprivileged owner makes groups below his own, and is told why he may not elsewhere. */
Test(cgroup_owner, delegated)
{
	struct test_group test = test_group_make("v2", "delegated");
	char inside[512], outside[512];
	pid_t child;
	int status;

	if (geteuid() != 0)
		cr_skip_test("needs root to give groups away");
	test_group_below(&test, "sub", inside, sizeof(inside));
	snprintf(outside, sizeof(outside), "%s-outside", test.path);
	cr_assert_eq(kern_cgroup_set_owner(test.group, 12345, test.err), 0);
	child = fork();
	if (child == 0) {
		struct kern_cgroup group = { 0 };

		if (setresuid(12345, 12345, 12345) != 0)
			_exit(1);
		if (kern_cgroup_create(&group, test.mountpoint, inside, NULL, test.err) != 0)
			_exit(2);
		kern_cgroup_close(&group);
		if (kern_cgroup_delete(test.mountpoint, inside, 0, 1000, test.err) != 0)
			_exit(3);
		if (kern_cgroup_create(&group, test.mountpoint, outside, NULL, test.err) == 0)
			_exit(4);
		if (test.err->errnum != EACCES || !strstr(test.err->hint, "this user may not make groups there"))
			_exit(5);
		*test.err = (struct err){ 0 };
		/* Ourselves from a group that is not ours. */
		if (kern_cgroup_attach(test.group, 0, test.err) == 0)
			_exit(6);
		_exit(strstr(test.err->hint, "the nearest group above both") ? 0 : 7);
	}
	status = test_child_status(child);
	cr_expect_eq(status, 0, "exit status %d", WEXITSTATUS(status));
	test_group_end(&test);
}
