/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups made, filled, listed and removed; paths that lead elsewhere (security.md P14). */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_set.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/kill.h"
#include "cgroup_help.h"

/* What every kind of hierarchy must do alike. */
static void life(const char *kind)
{
	struct test_group test = test_group_make(kind, "life");
	struct kern_cgroup_pids pids = { 0 };
	struct stat st;
	pid_t child;

	cr_expect(test.group->fresh);
	cr_expect_geq(test.group->created, 1);
	cr_expect_eq(fstat(test.group->fd, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0755);
	cr_expect_eq(kern_cgroup_check_fit(test.group, test.err), 0);
	cr_expect_eq(kern_cgroup_is_populated(test.group, test.err), 0);

	child = test_child(test.group, NULL);
	cr_expect_not(test.group->fresh);
	cr_expect_eq(kern_cgroup_is_populated(test.group, test.err), 1);
	cr_expect_eq(kern_cgroup_pids_list(test.group, true, &pids, test.err), 0);
	cr_expect_eq(pids.count, 1);
	cr_expect_eq(pids.items[0], child);
	kern_cgroup_pids_free(&pids);

	cr_expect_eq(kern_cgroup_check_fit(test.group, test.err), -1);
	cr_expect_eq(test.err->kind, ERR_STATE);
	cr_expect(strstr(test_error_text(test.err), "has processes already"), "%s", test_error_text(test.err));

	*test.err = (struct err){ 0 };
	cr_expect_eq(kern_cgroup_delete(test.mountpoint, test.path, 0, 50, test.err), -1);
	cr_expect_eq(test.err->errnum, ETIMEDOUT);
	cr_expect(strstr(test.err->hint, "1 left, the first is process"), "%s", test.err->hint);

	*test.err = (struct err){ 0 };
	cr_expect_eq(kern_cgroup_kill(test.group, 5000, test.err), 0, "%s", test_error_text(test.err));
	cr_expect_eq(WTERMSIG(test_child_status(child)), SIGKILL);
	test_group_end(&test);
}

Test(cgroup_group, life_v2, .timeout = 60)
{
	life("v2");
}

Test(cgroup_group, life_memory, .timeout = 60)
{
	life("memory");
}

Test(cgroup_group, life_pids, .timeout = 60)
{
	life("pids");
}

Test(cgroup_group, life_cpuset, .timeout = 60)
{
	life("cpuset");
}

Test(cgroup_group, life_freezer, .timeout = 60)
{
	life("freezer");
}

Test(cgroup_group, life_systemd, .timeout = 60)
{
	life("name=systemd");
}

/* The directories are 0755 whatever the umask, and the umask is as before. */
Test(cgroup_group, umask)
{
	struct test_group test;
	struct stat st;

	umask(077);
	test = test_group_make("pids", "umask");
	cr_expect_eq(umask(022), 077);
	cr_expect_eq(fstat(test.group->fd, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0755);
	test_group_end(&test);
}

/* Undo takes what was made and leaves what was there. */
Test(cgroup_group, created)
{
	struct test_group test = test_group_make("pids", "created");
	struct kern_cgroup deep = { 0 }, again = { 0 };
	char path[512], inner[512];

	test_group_below(&test, "a/b/c", path, sizeof(path));
	cr_assert_eq(kern_cgroup_create(&deep, test.mountpoint, path, NULL, test.err), 0, "%s",
		     test_error_text(test.err));
	cr_expect_eq(deep.created, 3);
	cr_assert_eq(kern_cgroup_create(&again, test.mountpoint, path, NULL, test.err), 0);
	cr_expect_eq(again.created, 0);
	cr_expect_not(again.fresh);
	kern_cgroup_close(&again);
	cr_expect_eq(kern_cgroup_delete(test.mountpoint, path, deep.created - 1, 1000, test.err), 0);
	cr_expect_not(test_directory_exists(test.mountpoint, test_group_below(&test, "a", inner, sizeof(inner))));
	cr_expect(test_directory_exists(test.mountpoint, test.path));
	kern_cgroup_close(&deep);

	/* A second time: nothing there, no error. */
	cr_expect_eq(kern_cgroup_delete(test.mountpoint, path, 2, 1000, test.err), 0);
	test_group_end(&test);
}

/* A group nested 1,500 deep, as a container with its own cgroup can make: more than there are fds. */
Test(cgroup_group, deep, .timeout = 60)
{
	struct test_group test = test_group_make("v2", "deep");
	struct kern_cgroup_pids pids = { 0 };
	int depth, fd = openat(test.group->fd, ".", O_PATH | O_CLOEXEC);

	for (depth = 0; depth < 1500; depth++) {
		int next;

		if (mkdirat(fd, "d", 0755) != 0)
			break;
		next = openat(fd, "d", O_PATH | O_CLOEXEC);
		close(fd);
		fd = next;
	}
	close(fd);
	cr_expect_geq(depth, 1000, "only %d deep: %s", depth, strerror(errno));
	cr_expect_eq(kern_cgroup_pids_list(test.group, true, &pids, test.err), 0, "%s",
		     test_error_text(test.err));
	cr_expect_eq(pids.count, 0);
	kern_cgroup_pids_free(&pids);
	test_group_end(&test);
}

static const char *bad_paths[] = { "", "a", "/..", "/a/../b", "/../../etc", "/a//b", "/a/", "//", "/./a", "/a/." };

Test(cgroup_group, bad_paths)
{
	struct test_group test = test_group_make("pids", "bad");

	for (size_t i = 0; i < sizeof(bad_paths) / sizeof(bad_paths[0]); i++) {
		struct kern_cgroup group = { 0 };
		struct err err = { 0 };

		cr_expect_eq(kern_cgroup_create(&group, test.mountpoint, bad_paths[i], NULL, &err), -1, "%s",
			     bad_paths[i]);
		cr_expect_eq(err.kind, ERR_SPEC, "%s: %s", bad_paths[i], test_error_text(&err));
		err = (struct err){ 0 };
		cr_expect_eq(kern_cgroup_open(&group, test.mountpoint, bad_paths[i], &err), -1);
		err = (struct err){ 0 };
		cr_expect_eq(kern_cgroup_delete(test.mountpoint, bad_paths[i], 0, 0, &err), -1);
	}
	test_group_end(&test);
}

Test(cgroup_group, not_a_cgroup)
{
	struct kern_cgroup group = { 0 };
	struct err err = { 0 };

	cr_expect_eq(kern_cgroup_create(&group, "/proc", "/nstools", NULL, &err), -1);
	cr_expect(strstr(test_error_text(&err), "open /proc: not a cgroup file system"), "%s",
		  test_error_text(&err));
}

Test(cgroup_group, bad_file_names)
{
	struct test_group test = test_group_make("pids", "names");
	const char *names[] = { "", "../pids.max", "a/b", "/etc/passwd", "..", ".hidden" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct err err = { 0 };

		cr_expect_eq(kern_cgroup_write(test.group, names[i], "1", true, &err), -1, "%s", names[i]);
		cr_expect_eq(err.kind, ERR_SPEC);
	}
	test_group_end(&test);
}

Test(cgroup_group, write_and_read)
{
	struct test_group test = test_group_make("pids", "write");
	uint64_t value = 0;

	cr_expect_eq(kern_cgroup_read_number(test.group, "pids.max", &value, test.err), 0);
	cr_expect_eq(value, KERN_CGROUP_NO_LIMIT);
	cr_expect_eq(kern_cgroup_write(test.group, "pids.max", "17", false, test.err), 0);
	cr_expect_eq(kern_cgroup_read_number(test.group, "pids.max", &value, test.err), 0);
	cr_expect_eq(value, 17);
	cr_expect_eq(kern_cgroup_write(test.group, "no.such_file", "1", true, test.err), 0);
	cr_expect_eq(kern_cgroup_write(test.group, "no.such_file", "1", false, test.err), -1);
	cr_expect_eq(test.err->errnum, ENOENT);
	cr_expect(strstr(test_error_text(test.err), "write \"1\" to "), "%s", test_error_text(test.err));
	cr_expect(test.err->hint[0]);
	test_group_end(&test);
}

/* A controller nobody has: the error says which there are, and the directories are gone again. */
Test(cgroup_group, missing_controller)
{
	struct test_group test = test_group_make("v2", "missing");
	struct kern_cgroup group = { 0 };
	char path[512];

	test_group_below(&test, "x/y", path, sizeof(path));
	cr_expect_eq(kern_cgroup_create(&group, test.mountpoint, path, ",nosuch,", test.err), -1);
	cr_expect(strstr(test_error_text(test.err), "+nosuch"), "%s", test_error_text(test.err));
	cr_expect(strstr(test.err->hint, "has only these controllers:"), "%s", test.err->hint);
	cr_expect_not(test_directory_exists(test.mountpoint, test_group_below(&test, "x", path, sizeof(path))));
	test_group_end(&test);
}

/* One of v2's controllers that are in the list, ",memory,"; false when there is none. */
static bool pick_controller(const char *const *names, size_t count, char *out, size_t size)
{
	struct kern_cgroup_hierarchies list = { 0 };
	struct err err = { 0 };
	bool found = false;

	cr_assert_eq(kern_cgroup_hierarchies_list(&list, &err), 0);
	for (size_t i = 0; i < list.count; i++)
		for (size_t j = 0; j < count && list.items[i].v2 && !found; j++)
			if (kern_cgroup_has_controller(list.items[i].controllers, names[j])) {
				snprintf(out, size, ",%s,", names[j]);
				found = true;
			}
	kern_cgroup_hierarchies_free(&list);
	return found;
}

/* what-users-ask.md A4.28. */
Test(cgroup_group, no_internal_processes)
{
	static const char *const names[] = { "memory", "io", "hugetlb" };
	struct test_group test = test_group_make("v2", "internal");
	struct kern_cgroup group = { 0 };
	char path[512], controller[64];
	pid_t child;

	if (!pick_controller(names, 3, controller, sizeof(controller))) {
		test_group_end(&test);
		cr_skip_test("v2 has no memory, io or hugetlb here");
	}
	child = test_child(test.group, NULL);
	test_group_below(&test, "sub", path, sizeof(path));
	cr_expect_eq(kern_cgroup_create(&group, test.mountpoint, path, controller, test.err), -1);
	cr_expect_eq(test.err->errnum, EBUSY, "%s", test_error_text(test.err));
	cr_expect(strstr(test.err->hint, "no internal processes"), "%s", test.err->hint);
	kill(child, SIGKILL);
	test_child_status(child);
	test_group_end(&test);
}

/* The kernel would give controllers for threads, and change the group above into a threaded domain by that. */
Test(cgroup_group, no_internal_processes_threaded)
{
	static const char *const names[] = { "pids", "cpu", "cpuset" };
	struct test_group test = test_group_make("v2", "threaded");
	struct kern_cgroup group = { 0 };
	char path[512], controller[64], type[32];
	pid_t child;

	if (!pick_controller(names, 3, controller, sizeof(controller))) {
		test_group_end(&test);
		cr_skip_test("v2 has no pids, cpu or cpuset here");
	}
	child = test_child(test.group, NULL);
	test_group_below(&test, "sub", path, sizeof(path));
	cr_expect_eq(kern_cgroup_create(&group, test.mountpoint, path, controller, test.err), -1);
	cr_expect_eq(test.err->errnum, EBUSY, "%s", test_error_text(test.err));
	cr_expect(strstr(test.err->hint, "no internal processes"), "%s", test_error_text(test.err));
	cr_expect_gt(file_read_small(test.group->fd, "cgroup.type", type, sizeof(type)), 0);
	cr_expect_str_eq(type, "domain");
	kern_cgroup_close(&group);
	kill(child, SIGKILL);
	test_child_status(child);
	test_group_end(&test);
}

/* New cpusets have CPUs and memory nodes, however deep, so that processes may enter. */
Test(cgroup_group, cpuset)
{
	struct test_group test = test_group_make("cpuset", "cpuset");
	struct kern_cgroup deep = { 0 };
	char path[512];
	pid_t child;

	test_group_below(&test, "a/b", path, sizeof(path));
	cr_assert_eq(kern_cgroup_create(&deep, test.mountpoint, path,
					test.controllers[0] ? test.controllers : NULL, test.err),
		     0, "%s", test_error_text(test.err));
	child = test_child(&deep, NULL);
	kill(child, SIGKILL);
	test_child_status(child);
	kern_cgroup_close(&deep);
	test_group_end(&test);
}

/* Who made the groups above was killed before they had CPUs: what is below gets them from further up. */
Test(cgroup_group, cpuset_of_half_made_groups)
{
	struct test_group test = test_group_make("cpuset", "cpuset-half");
	struct kern_cgroup deep = { 0 };
	char path[512], whole[1024];
	pid_t child;

	if (test.group->v2) {
		test_group_end(&test);
		cr_skip_test("v2's have what is above them");
	}
	test_group_below(&test, "a", path, sizeof(path));
	snprintf(whole, sizeof(whole), "%s%s", test.mountpoint, path);
	cr_assert_eq(mkdir(whole, 0755), 0);
	strcat(whole, "/b");
	cr_assert_eq(mkdir(whole, 0755), 0);
	test_group_below(&test, "a/b/c", path, sizeof(path));
	cr_assert_eq(kern_cgroup_create(&deep, test.mountpoint, path, NULL, test.err), 0, "%s",
		     test_error_text(test.err));
	child = test_child(&deep, NULL);
	kill(child, SIGKILL);
	test_child_status(child);
	kern_cgroup_close(&deep);
	test_group_end(&test);
}

/* A memory limit below the usage: the hint names the usage (v1: EBUSY). */
Test(cgroup_group, limit_below_usage)
{
	struct test_group test = test_group_make("memory", "limit");
	uint64_t usage = 0;
	pid_t child;

	if (test.group->v2) {
		test_group_end(&test);
		cr_skip_test("v2 takes such a limit and kills");
	}
	child = test_child(test.group, NULL);
	/* Its own pages are charged where it was; make it touch new ones there. */
	cr_expect_eq(kern_cgroup_read_number(test.group, "memory.usage_in_bytes", &usage, test.err), 0);
	if (usage > 0) {
		cr_expect_eq(kern_cgroup_write(test.group, "memory.limit_in_bytes", "0", false, test.err), -1);
		cr_expect_eq(test.err->errnum, EBUSY, "%s", test_error_text(test.err));
		cr_expect(strstr(test.err->hint, " bytes now"), "%s", test.err->hint);
	}
	kill(child, SIGKILL);
	test_child_status(child);
	test_group_end(&test);
}

/* Each group is opened once, and found again. */
Test(cgroup_group, set)
{
	struct test_group test = test_group_make("pids", "set");
	struct kern_cgroup_set set = { 0 };
	struct kern_cgroup *first, *second;
	char path[512];

	test_group_below(&test, "one", path, sizeof(path));
	first = kern_cgroup_set_create(&set, &(struct kern_cgroup_place){ .mountpoint = test.mountpoint, .path = path },
				       test.err);
	cr_assert(first, "%s", test_error_text(test.err));
	second = kern_cgroup_set_get(&set, test.mountpoint, path, test.err);
	cr_expect_eq(first, second);
	cr_expect(second->fresh);
	cr_expect_eq(set.count, 1);
	cr_expect_null(kern_cgroup_set_get(&set, test.mountpoint, "/nstools-tests/none", test.err));
	cr_expect_eq(test.err->errnum, ENOENT);
	kern_cgroup_set_close(&set);
	test_group_end(&test);
}
