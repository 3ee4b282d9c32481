/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inherited descriptors (security.md F1, F2). */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/fd.h"
#include "help.h"

static int open_standard(void *data, struct err *err)
{
	struct stat st;
	struct stat null;
	int fd;

	(void)data;
	close(0);
	close(2);
	if (kern_fd_open_standard(err) < 0 || stat("/dev/null", &null) < 0)
		return -1;
	for (fd = 0; fd <= 2; fd += 2)
		if (fstat(fd, &st) < 0 || st.st_rdev != null.st_rdev || fcntl(fd, F_GETFD) != 0)
			return err_set(err, ERR_SYSTEM, "check", "%d is not an inheritable /dev/null", fd);
	if ((fcntl(0, F_GETFL) & O_ACCMODE) != O_RDONLY || (fcntl(2, F_GETFL) & O_ACCMODE) != O_WRONLY)
		return err_set(err, ERR_SYSTEM, "check", "wrong access");
	return 0;
}

Test(fd, closed_standard_descriptors, .timeout = 60)
{
	struct err err = { 0 };

	cr_expect_eq(test_in_child(open_standard, NULL, &err), 0, "%s", test_text(&err));
}

static int inherit(void *data, struct err *err)
{
	unsigned preserved = *(unsigned *)data;
	int null = open("/dev/null", O_RDONLY);
	int fd;

	for (fd = 3; fd < 12; fd++)
		if (fd != null && dup3(null, fd, fd == 4 ? O_CLOEXEC : 0) < 0)
			return err_system(err, "dup3", "%d", fd);
	dup2(null, 300);
	close(9);
	if (kern_fd_inherit(preserved, err) < 0)
		return -1;
	for (fd = 3; fd < 301; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0 && flags != (fd < 3 + (int)preserved ? 0 : FD_CLOEXEC))
			return err_set(err, ERR_SYSTEM, "flags", "descriptor %d has %d", fd, flags);
	}
	return fcntl(300, F_GETFD) == FD_CLOEXEC ? 0 : -1;
}

Test(fd, only_the_preserved_are_inherited, .timeout = 60)
{
	struct err err = { 0 };
	unsigned preserved;

	for (preserved = 0; preserved <= 6; preserved += 3)
		cr_expect_eq(test_in_child(inherit, &preserved, &err), 0, "%u: %s", preserved,
			     test_text(&err));
	preserved = 7; /* 9 is closed */
	cr_expect_eq(test_in_child(inherit, &preserved, &err), -1);
	cr_expect_eq(err.errnum, EBADF);
	cr_expect_str_eq(err.object, "descriptor 9");
	preserved = KERN_FD_PRESERVED_MAX + 1;
	cr_expect_eq(test_in_child(inherit, &preserved, &err), -1);
	cr_expect_eq(err.kind, ERR_USAGE);
}

Test(fd, listen_fds, .timeout = 60)
{
	static const struct {
		const char *fds, *pid;
		int result;
		unsigned count;
	} cases[] = {
		{ "2", "100", 0, 2 },      { "2", "101", 0, 0 },  { NULL, "100", 0, 0 },
		{ "2", NULL, 0, 0 },       { "x", "100", -1, 0 }, { "-1", "100", -1, 0 },
		{ "99999", "100", -1, 0 }, { "0", "100", 0, 0 },
	};
	char variable[KERN_FD_LISTEN_PID_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { 0 };
		unsigned count = 9;

		cr_expect_eq(kern_fd_listen_count(cases[i].fds, cases[i].pid, 100, &count, &err),
			     cases[i].result);
		cr_expect_eq(count, cases[i].count, "case %zu", i);
	}
	kern_fd_listen_pid(variable, 1);
	cr_expect_str_eq(variable, "LISTEN_PID=1");
	kern_fd_listen_pid(variable, 4194304);
	cr_expect_str_eq(variable, "LISTEN_PID=4194304");
}
