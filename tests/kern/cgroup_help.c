/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/kill.h"
#include "cgroup_help.h"

#define PARENT "/nstools-tests"

const char *test_error_text(const struct err *err)
{
	static char text[2048], line[3072];

	snprintf(line, sizeof(line), "%s [hint: %s]", err_text(err, text, sizeof(text)), err->hint);
	return line;
}

static const struct kern_cgroup_hierarchy *find(const struct kern_cgroup_hierarchies *list,
						const char *controller)
{
	if (strcmp(controller, "v2") != 0)
		return kern_cgroup_hierarchies_find(list, controller);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].v2)
			return &list->items[i];
	return NULL;
}

struct test_group test_group_make(const char *controller, const char *name)
{
	struct kern_cgroup_hierarchies list = { 0 };
	const struct kern_cgroup_hierarchy *hierarchy;
	struct test_group test = { .group = calloc(1, sizeof(*test.group)),
				   .err = calloc(1, sizeof(*test.err)) };

	cr_assert_eq(kern_cgroup_hierarchies_list(&list, test.err), 0);
	hierarchy = find(&list, controller);
	if (!hierarchy)
		cr_skip_test("this host has no cgroup hierarchy with %s", controller);
	snprintf(test.mountpoint, sizeof(test.mountpoint), "%s", hierarchy->mountpoint);
	snprintf(test.path, sizeof(test.path), PARENT "/%s-%d", name, (int)getpid());
	if (hierarchy->v2 && strcmp(controller, "v2") != 0)
		snprintf(test.controllers, sizeof(test.controllers), ",%s,", controller);
	kern_cgroup_hierarchies_free(&list);
	if (kern_cgroup_create(test.group, test.mountpoint, test.path,
			       test.controllers[0] ? test.controllers : NULL, test.err) != 0) {
		if (test.err->errnum == EACCES || test.err->errnum == EROFS || test.err->errnum == EPERM)
			cr_skip_test("%s", test_error_text(test.err));
		cr_assert_fail("%s", test_error_text(test.err));
	}
	return test;
}

const char *test_group_below(const struct test_group *test, const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", test->path, name);
	return buf;
}

void test_group_end(struct test_group *test)
{
	struct err err = { 0 };

	cr_expect_eq(kern_cgroup_kill(test->group, 10000, &err), 0, "%s", test_error_text(&err));
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	kern_cgroup_close(test->group);
	err = (struct err){ 0 };
	cr_expect_eq(kern_cgroup_delete(test->mountpoint, test->path, 1, 5000, &err), 0, "%s",
		     test_error_text(&err));
	cr_expect_not(test_directory_exists(test->mountpoint, test->path));
	free(test->group);
	free(test->err);
}

pid_t test_child(struct kern_cgroup *group, void (*run)(void))
{
	struct err err = { 0 };
	int ready[2];
	char byte;
	pid_t pid;

	cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (read(ready[0], &byte, 1) == 1) {
			if (run)
				run();
			else
				for (;;)
					pause();
		}
		_exit(99);
	}
	if (group)
		cr_assert_eq(kern_cgroup_attach(group, pid, &err), 0, "%s", test_error_text(&err));
	cr_assert_eq(write(ready[1], "", 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

int test_child_status(pid_t pid)
{
	int status = -1;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

bool test_directory_exists(const char *mountpoint, const char *path)
{
	char full[1024];

	snprintf(full, sizeof(full), "%s%s", mountpoint, path);
	return access(full, F_OK) == 0;
}
