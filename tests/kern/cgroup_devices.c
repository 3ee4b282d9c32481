/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device rules: what a process in the group may open, by v1's files and by v2's program alike. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/devices.h"
#include "kern/cgroup/group.h"
#include "cgroup_help.h"

#define RULES_MAX 4

struct attempt {
	const char *path;
	int flags, result; /* 0 or the errno */
};

static const struct devices_case {
	const char *name;
	struct kern_cgroup_device_rule rules[RULES_MAX];
	struct attempt attempts[4];
} devices_cases[] = {
	{ .name = "no rule allows",
	  .attempts = { { "/dev/null", O_RDWR, 0 }, { "/dev/zero", O_RDONLY, 0 } } },
	{ .name = "deny all",
	  .rules = { { false, 'a', -1, -1, true, true, true } },
	  .attempts = { { "/dev/null", O_RDONLY, EPERM }, { "/dev/zero", O_WRONLY, EPERM } } },
	{ .name = "allow one",
	  .rules = { { false, 'a', -1, -1, true, true, true }, { true, 'c', 1, 3, true, true, true } },
	  .attempts = { { "/dev/null", O_RDWR, 0 }, { "/dev/zero", O_RDONLY, EPERM } } },
	{ .name = "a whole major",
	  .rules = { { false, 'a', -1, -1, true, true, true }, { true, 'c', 1, -1, true, false, false } },
	  .attempts = { { "/dev/null", O_RDONLY, 0 },
			{ "/dev/zero", O_RDONLY, 0 },
			{ "/dev/null", O_WRONLY, EPERM },
			{ "/dev/null", O_RDWR, EPERM } } },
	{ .name = "access in two rules",
	  .rules = { { false, 'a', -1, -1, true, true, true },
		     { true, 'c', 1, 3, true, false, false },
		     { true, 'c', 1, 3, false, true, false } },
	  .attempts = { { "/dev/null", O_RDWR, 0 } } },
	{ .name = "the type counts",
	  .rules = { { false, 'a', -1, -1, true, true, true }, { true, 'b', 1, 3, true, true, true } },
	  .attempts = { { "/dev/null", O_RDONLY, EPERM } } },
	{ .name = "all but one",
	  .rules = { { true, 'a', -1, -1, true, true, true }, { false, 'c', 1, 5, true, true, true } },
	  .attempts = { { "/dev/null", O_RDWR, 0 }, { "/dev/zero", O_RDONLY, EPERM } } },
	{ .name = "only writing denied",
	  .rules = { { true, 'a', -1, -1, true, true, true }, { false, 'c', 1, 5, false, true, false } },
	  .attempts = { { "/dev/zero", O_RDONLY, 0 },
			{ "/dev/zero", O_WRONLY, EPERM },
			{ "/dev/zero", O_RDWR, EPERM } } },
	{ .name = "all types, but reading alone",
	  .rules = { { false, 'a', -1, -1, true, true, true }, { true, 'a', -1, -1, true, false, false } },
	  .attempts = { { "/dev/null", O_RDONLY, 0 }, { "/dev/null", O_WRONLY, EPERM } } },
};

static size_t count_rules(const struct devices_case *c)
{
	size_t count = 0;

	while (count < RULES_MAX && c->rules[count].type)
		count++;
	return count;
}

static const struct devices_case *current;

/* Exit status: 0, or 1 + the index of the attempt that went wrong. */
static void try_all(void)
{
	for (int i = 0; i < 4 && current->attempts[i].path; i++) {
		const struct attempt *attempt = &current->attempts[i];
		int fd = open(attempt->path, attempt->flags | O_CLOEXEC);

		if ((fd >= 0 ? 0 : errno) != attempt->result)
			_exit(1 + i);
	}
	_exit(0);
}

static void check_cases(const char *hierarchy)
{
	for (size_t i = 0; i < sizeof(devices_cases) / sizeof(devices_cases[0]); i++) {
		struct test_group test = test_group_make(hierarchy, "devices");
		int status;

		current = &devices_cases[i];
		cr_assert_eq(kern_cgroup_devices_set(test.group, current->rules, count_rules(current), test.err),
			     0, "%s: %s", current->name, test_error_text(test.err));
		status = test_child_status(test_child(test.group, try_all));
		cr_expect_eq(status, 0, "%s: status %d", current->name, WEXITSTATUS(status));
		test_group_end(&test);
	}
}

Test(cgroup_devices, v1, .timeout = 60)
{
	check_cases("devices");
}

Test(cgroup_devices, v2, .timeout = 60)
{
	check_cases("v2");
}

/* New rules take the place of the old ones, they do not add up. */
Test(cgroup_devices, replaced_v2)
{
	struct test_group test = test_group_make("v2", "replace");

	cr_assert_eq(kern_cgroup_devices_set(test.group, devices_cases[1].rules, 1, test.err), 0, "%s",
		     test_error_text(test.err));
	current = &devices_cases[1];
	cr_expect_eq(test_child_status(test_child(test.group, try_all)), 0);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(kern_cgroup_devices_set(test.group, devices_cases[2].rules, 2, test.err), 0, "%s",
			     test_error_text(test.err));
	current = &devices_cases[2];
	cr_expect_eq(test_child_status(test_child(test.group, try_all)), 0);
	test_group_end(&test);
}

Test(cgroup_devices, bad_rules)
{
	struct kern_cgroup_device_rule bad[] = {
		{ true, 'x', 1, 1, true, false, false },
		{ true, 'c', -2, 1, true, false, false },
		{ true, 'c', 1, 4294967296, true, false, false },
		{ true, 0, 1, 1, true, false, false },
	};
	struct kern_cgroup group = { .v2 = true };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { 0 };

		cr_expect_eq(kern_cgroup_devices_set(&group, &bad[i], 1, &err), -1);
		cr_expect_eq(err.kind, ERR_SPEC);
	}
}

/* The program keeps within what it says that it needs. */
Test(cgroup_devices, program_size)
{
	struct kern_cgroup_device_rule rules[100];
	struct bpf_insn program[1000];

	for (size_t i = 0; i < 100; i++)
		rules[i] = (struct kern_cgroup_device_rule){ i % 2, 'c', 1, (int64_t)i, true, i % 3 == 0, false };
	cr_assert_leq(kern_cgroup_devices_program_size(100), 1000);
	cr_expect_leq(kern_cgroup_devices_program(rules, 100, program), kern_cgroup_devices_program_size(100));
}
