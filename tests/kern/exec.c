/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding and executing the program; the working directory (security.md F3, CVE-2024-21626). */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/exec.h"
#include "help.h"

static void make_tree(void)
{
	test_private_directory();
	mkdir("a", 0755);
	mkdir("b", 0755);
	mkdir("c", 0755);
	test_write_file("a/denied", "#!/bin/sh\n", 0644);
	test_write_file("a/both", "#!/bin/sh\n", 0644);
	test_write_file("b/both", "#!/bin/sh\n", 0755);
	test_write_file("b/program", "#!/bin/sh\nexit 7\n", 0755);
	test_write_file("b/no-interpreter", "#!/not/there\n", 0755);
	test_write_file("b/no-program", "just text\n", 0755);
	mkdir("c/program", 0755);
}

Test(exec, search, .timeout = 60)
{
	static const struct {
		const char *name, *path;
		const char *found; /* NULL: errnum */
		int errnum;
	} cases[] = {
		{ "program", "PATH=/tmp/a:/tmp/b", "/tmp/b/program", 0 },
		{ "program", "PATH=/tmp/c:/tmp/b", "/tmp/b/program", 0 }, /* a directory is passed over */
		{ "program", "PATH=/tmp/c", NULL, EACCES },
		{ "both", "PATH=/tmp/a:/tmp/b", "/tmp/b/both", 0 },
		{ "denied", "PATH=/tmp/b:/tmp/a:/tmp/c", NULL, EACCES },
		{ "absent", "PATH=/tmp/a:/tmp/b", NULL, ENOENT },
		{ "absent", "PATH=/not/there:/tmp/b/program", NULL, ENOENT },
		{ "program", "PATH=", NULL, ENOENT },
		{ "sh", "OTHER=1", "/bin/sh", 0 },
		{ "b/program", "PATH=", "b/program", 0 },
		{ "/tmp/b/program", "PATH=", "/tmp/b/program", 0 },
		{ "/tmp/b/absent", "PATH=", NULL, ENOENT },
		{ "/tmp/b/program/x", "PATH=", NULL, ENOENT },
		{ "/tmp/a/denied", "PATH=", NULL, EACCES },
		{ "/tmp/a", "PATH=", NULL, EACCES },
		{ "", "PATH=/tmp/b", NULL, ENOENT },
	};
	size_t i;

	make_tree();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const env[] = { "A=b", cases[i].path, NULL };
		struct err err = { 0 };
		char path[PATH_MAX];
		int result = kern_exec_find(cases[i].name, env, path, &err);

		if (cases[i].found) {
			cr_expect_eq(result, 0, "%s in %s: %s", cases[i].name, cases[i].path,
				     test_text(&err));
			cr_expect_str_eq(path, cases[i].found);
		} else {
			cr_expect_eq(result, -1, "%s in %s", cases[i].name, cases[i].path);
			cr_expect_eq(err.kind, ERR_EXEC);
			cr_expect_eq(err.errnum, cases[i].errnum, "%s in %s: %s", cases[i].name,
				     cases[i].path, test_text(&err));
		}
	}
}

static int execute(void *data, struct err *err)
{
	const char *const args[] = { data, NULL };

	return kern_exec(data, args, args + 1, err);
}

Test(exec, execve, .timeout = 60)
{
	struct err err = { 0 };

	make_tree();
	test_in_child(execute, "/tmp/b/program", &err);
	cr_expect_eq(WEXITSTATUS(test_last_status()), 7);
	cr_expect_eq(test_in_child(execute, "/tmp/b/no-interpreter", &err), -1);
	cr_expect_eq(err.errnum, ENOENT);
	cr_expect(strstr(err.hint, "interpreter"), "%s", err.hint);
	cr_expect_eq(test_in_child(execute, "/tmp/b/no-program", &err), -1);
	cr_expect_eq(err.errnum, ENOEXEC);
	cr_expect_eq(err.kind, ERR_EXEC);
	cr_expect(strstr(err.hint, "#!"), "%s", err.hint);
}

static int change_directory(void *data, struct err *err)
{
	int host = open("/", O_PATH | O_DIRECTORY);
	char link[64];

	if (host < 0 || chroot("/tmp/root") < 0 || chdir("/") < 0)
		return err_system(err, "chroot", "/tmp/root");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", host);
	if (symlink(link, "/way-out") < 0)
		return err_system(err, "symlink", "/way-out");
	return kern_exec_chdir(strcmp(data, "fd") == 0 ? link : data, err);
}

/* F3: a working directory that is a descriptor of the host's, by its link and by a link to that. */
Test(exec, working_directory_outside, .timeout = 60)
{
	struct err err = { 0 };

	test_private_directory();
	mkdir("root", 0755);
	mkdir("root/proc", 0755);
	mkdir("root/inside", 0755);
	cr_assert_eq(mount("proc", "root/proc", "proc", 0, NULL), 0);
	cr_expect_eq(test_in_child(change_directory, "/inside", &err), 0, "%s", test_text(&err));
	unlink("root/way-out");
	cr_expect_eq(test_in_child(change_directory, "fd", &err), -1);
	cr_expect_eq(strncmp(err.object, "/proc/self/fd/", 14), 0);
	cr_expect(strstr(err.message, "outside the container"), "%s", test_text(&err));
	unlink("root/way-out");
	cr_expect_eq(test_in_child(change_directory, "/way-out", &err), -1);
	cr_expect_str_eq(err.object, "/way-out");
	unlink("root/way-out");
	cr_expect_eq(test_in_child(change_directory, "/absent", &err), -1);
	cr_expect_eq(err.errnum, ENOENT);
}
