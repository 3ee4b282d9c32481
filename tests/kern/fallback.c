/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Older kernels: a filter takes the newer interfaces away, and the same must come of it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/exec.h"
#include "kern/fd.h"
#include "kern/pidfd.h"
#include "kern/seccomp.h"
#include "help.h"
#include "seccomp_help.h"

/* From here on the system call fails; with an argument given only where that has the value. */
static int take_away(const char *name, int errnum, const struct kern_seccomp_arg *arg, struct err *err)
{
	auto_close int program = -1;
	struct one one;

	one_rule(&one, name, KERN_SECCOMP_ERRNO);
	one.rule.has_errno = true;
	one.rule.errno_ret = (uint32_t)errnum;
	one.rule.args = arg;
	one.rule.arg_count = arg ? 1 : 0;
	program = kern_seccomp_compile(&one.profile, -1, err);
	if (program < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return kern_seccomp_load(program, 0, NULL, err);
}

static int without_close_range(void *data, struct err *err)
{
	int null = open("/dev/null", O_RDONLY);
	int fd;

	(void)data;
	for (fd = 3; fd < 8; fd++)
		if (fd != null)
			dup2(null, fd);
	dup2(null, 100);
	if (take_away("close_range", ENOSYS, NULL, err) < 0 || kern_fd_inherit(2, err) < 0)
		return -1;
	return fcntl(3, F_GETFD) == 0 && fcntl(4, F_GETFD) == 0 && fcntl(5, F_GETFD) == FD_CLOEXEC &&
	       fcntl(7, F_GETFD) == FD_CLOEXEC && fcntl(100, F_GETFD) == FD_CLOEXEC;
}

Test(fallback, close_range, .timeout = 60)
{
	struct err err = { 0 };

	need_library();
	cr_expect_eq(test_in_child(without_close_range, NULL, &err), 1, "%s", test_text(&err));
}

/* Before kernel 6.14 the flag is not known; where a filter answers, EPERM is usual. */
static int without_execve_check(void *data, struct err *err)
{
	struct kern_seccomp_arg check = { 4, KERN_SECCOMP_MASKED_EQ, AT_EXECVE_CHECK, AT_EXECVE_CHECK };
	static const char *const env[] = { "PATH=/tmp:/tmp/d", NULL };
	char path[PATH_MAX];

	if (take_away("execveat", *(int *)data, &check, err) < 0)
		return -1;
	if (kern_exec_find("directory", env, path, err) == 0 || err->errnum != EACCES)
		return 2;
	*err = (struct err){ 0 };
	if (kern_exec_find("denied", env, path, err) == 0 || err->errnum != EACCES)
		return 3;
	*err = (struct err){ 0 };
	if (kern_exec_find("absent", env, path, err) == 0 || err->errnum != ENOENT)
		return 4;
	*err = (struct err){ 0 };
	return kern_exec_find("program", env, path, err) < 0 ? -1 : strcmp(path, "/tmp/d/program") == 0;
}

Test(fallback, execve_check, .timeout = 60)
{
	int errnums[] = { EINVAL, ENOSYS, EPERM };
	struct err err = { 0 };
	size_t i;

	need_library();
	test_private_directory();
	mkdir("directory", 0755);
	mkdir("d", 0755);
	test_write_file("denied", "x", 0644);
	test_write_file("d/program", "x", 0755);
	for (i = 0; i < ARRAY_SIZE(errnums); i++)
		cr_expect_eq(test_in_child(without_execve_check, &errnums[i], &err), 1, "%s",
			     test_text(&err));
}

static int without_info(void *data, struct err *err)
{
	struct kern_seccomp_arg info = { 1, KERN_SECCOMP_EQ, KERN_PIDFD_GET_INFO, 0 };
	auto_close int own = -1;
	auto_close int ended = -1;
	pid_t pid;
	int status;

	(void)data;
	own = kern_pidfd_open(getpid(), err);
	pid = fork();
	if (pid == 0)
		_exit(0);
	ended = kern_pidfd_open(pid, err);
	waitpid(pid, NULL, 0);
	if (own < 0 || ended < 0 || take_away("ioctl", ENOTTY, &info, err) < 0)
		return -1;
	if (kern_pidfd_pid(own, err) != getpid())
		return 2;
	if (kern_pidfd_pid(ended, err) != -1 || err->errnum != ESRCH)
		return 3;
	*err = (struct err){ 0 };
	return kern_pidfd_status(ended, &status, err) == 0;
}

Test(fallback, pidfd_info, .timeout = 60)
{
	struct err err = { 0 };

	need_library();
	cr_expect_eq(test_in_child(without_info, NULL, &err), 1, "%s", test_text(&err));
}

/* Without open_tree or mount_setattr (before kernel 5.12) root's program runs from a memfd. */
static int run_program(void *data, struct err *err)
{
	int output = open("/tmp/said", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (take_away(data, ENOSYS, NULL, err) < 0)
		return -1;
	dup2(output, 1);
	/* The build directory may lie below the test's own tmpfs: by a descriptor opened before. */
	execl("/proc/self/fd/900/self-program", "name", (char *)NULL);
	return err_system(err, "execl", "self-program");
}

Test(fallback, mount_of_own_file, .timeout = 60)
{
	static const char *const calls[] = { "open_tree", "mount_setattr" };
	size_t i;

	need_library();
	cr_assert_eq(dup3(open(TEST_BUILD_DIR, O_PATH | O_DIRECTORY | O_CLOEXEC), 900, O_CLOEXEC), 900);
	test_private_directory();
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		struct err err = { 0 };
		char said[256] = "";
		int fd;

		test_in_child(run_program, (void *)calls[i], &err);
		cr_expect_eq(test_last_status(), 0, "%s", test_text(&err));
		fd = open("said", O_RDONLY | O_CLOEXEC);
		cr_expect_gt(read(fd, said, sizeof(said) - 1), 0);
		cr_expect_str_eq(said, "memfd name name 0 /memfd:nstools (deleted)\n");
		close(fd);
	}
}
