/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The home directory that a container's passwd gives. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "help.h"
#include "kern/home.h"

/* An empty root, which is the working directory too. */
static void enter_root(void)
{
	test_private_directory();
	cr_assert_eq(chroot("."), 0);
}

static void expect_home(uint32_t uid, const char *expected)
{
	char variable[KERN_HOME_SIZE];

	kern_home_find(uid, variable);
	cr_expect_str_eq(variable, expected, "uid %u: %s, not %s", uid, variable, expected);
}

Test(home, lines, .timeout = 60)
{
	static const struct {
		const char *passwd;
		uint32_t uid;
		const char *expected;
	} cases[] = {
		{ "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:\n", 0, "HOME=/root" },
		{ "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:\n", 1000, "HOME=/home/user" },
		{ "root:x:0:0:root:/root:/bin/sh\n", 1, "HOME=/" },
		{ "a:x:1:1::/a\nb:x:1:1::/b:\n", 1, "HOME=/a" },
		{ "last:x:7:7::/last:/bin/sh", 7, "HOME=/last" },
		{ "", 0, "HOME=/" },
		{ "short:x:0\nalso:x:0:0:\n\n:::::\nroot:x:0:0::/root:\n", 0, "HOME=/root" },
		{ "a:x:-1:0::/a:\nb:x: 0:0::/b:\nc:x:0x0:0::/c:\nd:x::0::/d:\n", 0, "HOME=/" },
		{ "a:x:99999999999999999999999:0::/a:\n", UINT32_MAX, "HOME=/" },
		{ "a:x:0:0::not/absolute:\nroot:x:0:0::/root:\n", 0, "HOME=/" },
		{ "max:x:4294967294:0::/max:\n", 4294967294U, "HOME=/max" },
	};

	enter_root();
	expect_home(0, "HOME=/");
	mkdir("etc", 0755);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_write_file("etc/passwd", cases[i].passwd, 0644);
		expect_home(cases[i].uid, cases[i].expected);
		unlink("etc/passwd");
	}
}

Test(home, large, .timeout = 60)
{
	FILE *file;

	enter_root();
	mkdir("etc", 0755);
	file = fopen("etc/passwd", "w");
	cr_assert(file);
	for (int i = 0; i < 3000; i++)
		fprintf(file, "user%d:x:%d:100:a user:/home/user%d:/bin/sh\n", i, i, i);
	fprintf(file, "long:x:5000:0:");
	for (int i = 0; i < 10000; i++)
		fputs("0123456789", file);
	fprintf(file, ":/long:\nbehind:x:5001:0::/behind:\n");
	fclose(file);
	expect_home(0, "HOME=/home/user0");
	expect_home(123, "HOME=/home/user123");
	expect_home(2999, "HOME=/home/user2999");
	expect_home(5000, "HOME=/");
	expect_home(5001, "HOME=/behind");
}

/* The container's owner makes of it what it likes: nothing hangs, nothing outside is read. */
Test(home, hostile, .timeout = 60)
{
	enter_root();
	mkdir("etc", 0755);
	mkfifo("etc/passwd", 0644);
	expect_home(0, "HOME=/");
	unlink("etc/passwd");
	mkdir("etc/passwd", 0755);
	expect_home(0, "HOME=/");
	rmdir("etc/passwd");
	cr_assert_eq(symlink("/etc/passwd", "etc/passwd"), 0);
	expect_home(0, "HOME=/");
	unlink("etc/passwd");
	cr_assert_eq(symlink("../../../../etc/other", "etc/passwd"), 0);
	test_write_file("etc/other", "root:x:0:0::/inside:\n", 0644);
	expect_home(0, "HOME=/inside");
}
