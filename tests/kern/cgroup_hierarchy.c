/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is found agrees with the kernel's own files. */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "cgroup_help.h"

Test(cgroup_hierarchy, agrees)
{
	struct kern_cgroup_hierarchies list = { 0 };
	struct err err = { 0 };

	cr_assert_eq(kern_cgroup_hierarchies_list(&list, &err), 0, "%s", test_error_text(&err));
	if (list.count == 0)
		cr_skip_test("no cgroup file system is mounted");
	for (size_t i = 0; i < list.count; i++) {
		const struct kern_cgroup_hierarchy *item = &list.items[i];
		struct kern_cgroup group = { 0 };
		struct kern_cgroup_pids pids = { 0 };
		bool found = false;

		cr_expect_eq(item->controllers[0], ',');
		cr_expect_eq(item->controllers[strlen(item->controllers) - 1], ',');
		cr_assert_eq(kern_cgroup_open(&group, item->mountpoint, item->own, &err), 0, "%s",
			     test_error_text(&err));
		cr_expect_eq(group.v2, item->v2);
		cr_assert_eq(kern_cgroup_pids_list(&group, false, &pids, &err), 0);
		for (size_t j = 0; j < pids.count; j++)
			found = found || pids.items[j] == getpid();
		cr_expect(found, "this process is not in %s%s", item->mountpoint, item->own);
		kern_cgroup_pids_free(&pids);
		kern_cgroup_close(&group);
	}
	kern_cgroup_hierarchies_free(&list);
}

Test(cgroup_hierarchy, of_another)
{
	struct test_group test = test_group_make("pids", "of");
	struct kern_cgroup_hierarchies list = { 0 };
	const struct kern_cgroup_hierarchy *item;
	pid_t child = test_child(test.group, NULL);

	cr_assert_eq(kern_cgroup_hierarchies_of(child, &list, test.err), 0);
	item = kern_cgroup_hierarchies_find(&list, "pids");
	cr_assert(item);
	cr_expect_str_eq(item->own, test.path);
	cr_expect_null(kern_cgroup_hierarchies_find(&list, "pid"));
	cr_expect_null(kern_cgroup_hierarchies_find(&list, "name=nosuch"));
	kern_cgroup_hierarchies_free(&list);
	test_group_end(&test);
}

/* A container that shares the host's mounts but has its own cgroup namespace still finds every hierarchy. */
Test(cgroup_hierarchy, in_a_namespace)
{
	struct test_group test = test_group_make("pids", "namespace");
	struct kern_cgroup_hierarchies before = { 0 };
	int status;
	pid_t child;

	cr_assert_eq(kern_cgroup_hierarchies_list(&before, test.err), 0);
	child = fork();
	if (child == 0) {
		struct kern_cgroup_hierarchies list = { 0 };
		const struct kern_cgroup_hierarchy *item;

		if (kern_cgroup_attach(test.group, 0, test.err) != 0 || unshare(CLONE_NEWCGROUP) != 0)
			_exit(errno == EPERM ? 77 : 1);
		if (kern_cgroup_hierarchies_list(&list, test.err) != 0 || list.count != before.count)
			_exit(2);
		item = kern_cgroup_hierarchies_find(&list, "pids");
		_exit(item && !strcmp(item->own, "/") ? 0 : 3);
	}
	status = test_child_status(child);
	kern_cgroup_hierarchies_free(&before);
	test_group_end(&test);
	if (WEXITSTATUS(status) == 77)
		cr_skip_test("needs CAP_SYS_ADMIN");
	cr_expect_eq(status, 0, "exit status %d", WEXITSTATUS(status));
}
