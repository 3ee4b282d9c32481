/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the cgroup tests: they run on v1, v2 and hybrid hosts. A test asks for
 * a hierarchy and is skipped, with the reason, where there is none.
 */
#ifndef NSTOOLS_TESTS_KERN_CGROUP_HELP_H
#define NSTOOLS_TESTS_KERN_CGROUP_HELP_H

#include <stdbool.h>
#include <sys/types.h>

struct err;
struct kern_cgroup;

/* A group "/nstools-tests/NAME-PID" in one hierarchy; everything is below "/nstools-tests". */
struct test_group {
	char mountpoint[256], path[256], controllers[64];
	struct kern_cgroup *group;
	struct err *err;
};

/*
 * Make the group in the hierarchy with that controller ("freezer",
 * "name=systemd"), or where "v2" is asked for in v2's. Skips the test when
 * there is none, or when this user may not.
 */
struct test_group test_group_make(const char *controller, const char *name);
/* The same place again under the hierarchy's path, for paths below it. */
const char *test_group_below(const struct test_group *test, const char *name, char *buf, size_t size);
/* Kill, remove, and assert that nothing is left. */
void test_group_end(struct test_group *test);

/* A child that waits for ever, or runs the function, in the group. Dies with the test. */
pid_t test_child(struct kern_cgroup *group, void (*run)(void));
/* The child has ended (waited for); how. */
int test_child_status(pid_t pid);
const char *test_error_text(const struct err *err);
bool test_directory_exists(const char *mountpoint, const char *path);

#endif
