/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resctrl groups, on a directory that looks like one: few machines have the hardware. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/rdt.h"
#include "help.h"

/* A root with one group "there", which has schemata and a task list. */
static int fake_root(void)
{
	test_private_directory();
	mkdir("root", 0755);
	mkdir("root/info", 0755);
	test_write_file("root/info/last_cmd_status", "Unknown or unsupported resource name 'L9'\n", 0644);
	mkdir("root/there", 0755);
	mkdir("root/there/mon_groups", 0755);
	test_write_file("root/there/schemata", "    MB:0=100;1= 50\n    L3:0=00fff;1=ff\n", 0644);
	test_write_file("root/there/tasks", "", 0644);
	return open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int group(int root, const char *name, bool must_exist, bool *created)
{
	struct err err = { 0 };
	int fd = kern_rdt_group(root, name, must_exist, created, &err);

	cr_assert_geq(fd, 0, "%s", test_text(&err));
	return fd;
}

Test(rdt, not_mounted, .timeout = 60)
{
	struct err err = { 0 };

	cr_expect_eq(kern_rdt_open(NULL, &err), -1);
	cr_expect_eq(err.kind, ERR_UNSUPPORTED);
	cr_expect(strstr(err.message, "not mounted"), "%s", test_text(&err));
	err = (struct err){ 0 };
	cr_expect_eq(kern_rdt_open("/tmp", &err), -1);
	cr_expect_eq(err.kind, ERR_UNSUPPORTED);
}

Test(rdt, make_and_remove, .timeout = 60)
{
	auto_close int root = fake_root();
	struct err err = { 0 };
	struct stat st;
	bool created;

	close(group(root, "new", false, &created));
	cr_expect(created);
	close(group(root, "new", false, &created));
	cr_expect_not(created);
	close(group(root, "new", true, NULL));
	close(group(root, "", true, &created));
	cr_expect_not(created);
	cr_expect_eq(kern_rdt_remove(root, "new", NULL, true, &err), 0);
	cr_expect_eq(fstatat(root, "new", &st, 0), -1);
	cr_expect_eq(kern_rdt_remove(root, "new", NULL, true, &err), 0, "absent is no error");
	cr_expect_eq(kern_rdt_group(root, "new", true, &created, &err), -1);
	cr_expect_eq(err.errnum, ENOENT);
	cr_expect(strstr(err.hint, "must exist"), "%s", err.hint);
}

Test(rdt, names_that_lead_elsewhere, .timeout = 60)
{
	static const char *const names[] = { "..", ".", "a/b", "/etc", "../x", "info", "mon_groups" };
	auto_close int root = fake_root();
	bool created;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct err err = { 0 };

		cr_expect_eq(kern_rdt_group(root, names[i], false, &created, &err), -1, "%s", names[i]);
		cr_expect_eq(err.kind, ERR_SPEC);
		cr_expect_str_eq(err.object, names[i]);
		cr_expect_eq(kern_rdt_remove(root, names[i], NULL, true, &err), -1, "%s", names[i]);
	}
}

Test(rdt, compare, .timeout = 60)
{
	static const struct {
		const char *l3, *mb, *line;
		int same;
	} cases[] = {
		{ "L3:0=fff;1=ff", NULL, NULL, 0 },
		{ "L3:0=00fff", "MB:0=100;1=50", NULL, 0 },
		{ "L3:0=fff;1=f", NULL, NULL, -1 },
		{ NULL, "MB:0=70", NULL, -1 },
		{ "L3:2=f", NULL, NULL, -1 },
		{ NULL, NULL, "L2:0=f", -1 },
		{ NULL, NULL, "MB:1=50;", 0 },
		{ NULL, NULL, "L3:0=fff\nMB:0=100\n", 0 },
		{ NULL, NULL, "L3:0=fff\nMB:0=10\n", -1 },
		{ NULL, NULL, NULL, 0 },
	};
	auto_close int root = fake_root();
	bool created;
	auto_close int there = group(root, "there", false, &created);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kern_rdt_schemata schemata = { .l3_cache = cases[i].l3,
						      .memory_bandwidth = cases[i].mb,
						      .lines = &cases[i].line,
						      .line_count = cases[i].line ? 1 : 0 };
		struct err err = { 0 };

		cr_expect_eq(kern_rdt_compare(there, &schemata, &err), cases[i].same, "case %zu %s", i,
			     err_is_set(&err) ? test_text(&err) : "");
		if (cases[i].same < 0) {
			cr_expect_eq(err.kind, ERR_STATE);
			cr_expect(strstr(err.message, "other schemata"));
		}
	}
}

/* Each line is one write: on a plain file the last one is what stays at the beginning. */
Test(rdt, schemata_and_tasks, .timeout = 60)
{
	static const char *const lines[] = { "MB:0=20", "L3:1=f" };
	struct kern_rdt_schemata schemata = { .l3_cache = "L3:0=f", .lines = lines, .line_count = 2 };
	auto_close int root = fake_root();
	struct err err = { 0 };
	bool created;
	auto_close int there = group(root, "there", false, &created);
	char text[256];

	cr_assert_eq(ftruncate(openat(there, "schemata", O_WRONLY | O_CLOEXEC), 0), 0);
	cr_expect_eq(kern_rdt_write(root, there, &schemata, &err), 0, "%s", test_text(&err));
	cr_expect_gt(file_read_small(there, "schemata", text, sizeof(text)), 0);
	cr_expect_str_eq(text, "L3:1=f\n", "%s", text);
	cr_expect_eq(kern_rdt_attach(there, NULL, 4711, &err), 0, "%s", test_text(&err));
	cr_expect_gt(file_read_small(there, "tasks", text, sizeof(text)), 0);
	cr_expect_str_eq(text, "4711");
	/* a refused line has the kernel's reason */
	unlinkat(there, "schemata", 0);
	mkdirat(there, "schemata", 0755);
	cr_expect_eq(kern_rdt_write(root, there, &schemata, &err), -1);
	cr_expect(strstr(err.hint, "resource name 'L9'"), "%s", err.hint);
}

Test(rdt, monitoring, .timeout = 60)
{
	auto_close int root = fake_root();
	struct err err = { 0 };
	struct stat st;
	bool created;
	auto_close int there = group(root, "there", false, &created);

	cr_expect_eq(kern_rdt_monitor(there, "web", &err), 0, "%s", test_text(&err));
	test_write_file("root/there/mon_groups/web/tasks", "", 0644);
	cr_expect_eq(kern_rdt_attach(there, "web", 12, &err), 0, "%s", test_text(&err));
	unlink("root/there/mon_groups/web/tasks");
	cr_expect_eq(kern_rdt_remove(root, "there", "web", false, &err), 0, "%s", test_text(&err));
	cr_expect_eq(fstatat(there, "mon_groups/web", &st, 0), -1);
	cr_expect_eq(fstatat(root, "there", &st, 0), 0);
	cr_expect_eq(kern_rdt_monitor(there, "../x", &err), -1);
	cr_expect_eq(err.kind, ERR_SPEC);
}
