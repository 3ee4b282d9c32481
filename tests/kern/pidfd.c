/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes by descriptor: how they ended, and that a number given to another is seen (security.md T5). */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/pidfd.h"
#include "help.h"

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

Test(pidfd, signal_wait_status, .timeout = 60)
{
	struct err err = { 0 };
	pid_t pid = sleeper();
	auto_close int fd = kern_pidfd_open(pid, &err);
	int status = -1;

	cr_assert_geq(fd, 0);
	cr_expect_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	cr_expect_eq(kern_pidfd_pid(fd, &err), pid);
	cr_expect_eq(kern_pidfd_wait(fd, 0, &err), 0);
	cr_expect_eq(kern_pidfd_status(fd, &status, &err), 0);
	cr_expect_eq(kern_pidfd_signal(fd, SIGTERM, &err), 0);
	cr_expect_eq(kern_pidfd_wait(fd, -1, &err), 1);
	cr_expect_eq(kern_pidfd_status(fd, &status, &err), 1);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	cr_expect_eq(kern_pidfd_signal(fd, SIGTERM, &err), -1);
	cr_expect_eq(err.errnum, ESRCH);
	err = (struct err){ 0 };
	cr_expect_eq(kern_pidfd_open(4194304, &err), -1);
	cr_expect(err.errnum == ESRCH || err.errnum == EINVAL);
	err = (struct err){ 0 };
	cr_expect_eq(kern_pidfd_pid(fd, &err), -1);
	cr_expect_eq(err.errnum, ESRCH);
}

Test(pidfd, exit_codes, .timeout = 60)
{
	struct rlimit none = { 0, 0 };
	struct err err = { 0 };
	int status;
	int code;

	for (code = 0; code < 256; code += 85) {
		pid_t pid = fork();
		auto_close int fd = -1;

		if (pid == 0)
			_exit(code);
		fd = kern_pidfd_open(pid, &err);
		cr_expect_eq(kern_pidfd_wait(fd, 10000, &err), 1);
		cr_expect_eq(kern_pidfd_status(fd, &status, &err), 1);
		cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == code);
	}
	setrlimit(RLIMIT_CORE, &none);
}

/* A grandchild that another reaps: only the kernel's own record tells how it ended. */
Test(pidfd, status_of_another_ones_child, .timeout = 60)
{
	struct err err = { 0 };
	int number[2];
	int go[2];
	pid_t theirs = 0;
	pid_t pid;
	auto_close int fd = -1;
	int status = -1;
	int known;

	cr_assert_eq(pipe2(number, O_CLOEXEC), 0);
	cr_assert_eq(pipe2(go, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		theirs = fork();
		if (theirs == 0) {
			char c;

			close(go[1]);
			_exit(read(go[0], &c, 1) == 1 ? 33 : 1);
		}
		if (write(number[1], &theirs, sizeof(theirs)) != sizeof(theirs))
			_exit(1);
		waitpid(theirs, &status, 0);
		_exit(0);
	}
	cr_assert_eq(read(number[0], &theirs, sizeof(theirs)), sizeof(theirs));
	fd = kern_pidfd_open(theirs, &err);
	cr_assert_geq(fd, 0);
	cr_expect_eq(kern_pidfd_status(fd, &status, &err), 0);
	cr_assert_eq(write(go[1], "x", 1), 1);
	cr_expect_eq(kern_pidfd_wait(fd, 10000, &err), 1);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	status = -1;
	known = kern_pidfd_status(fd, &status, &err);
	if (known == 0)
		cr_skip("this kernel's pidfds do not keep the exit status (before 6.15)");
	cr_expect_eq(known, 1, "%s", test_text(&err));
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 33, "0x%x", status);
}

/* A grandchild whose parent does not reap it: how it ended can be read on every kernel. */
Test(pidfd, status_of_a_zombie, .timeout = 60)
{
	static const int ends[] = { 0, 33, SIGKILL };
	struct err err = { 0 };
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		auto_close int fd = -1;
		pid_t pid, theirs = 0;
		int number[2];

		cr_assert_eq(pipe2(number, O_CLOEXEC), 0);
		pid = fork();
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			theirs = fork();
			if (theirs == 0) {
				/* Not before it is known: its parent dies with it. */
				usleep(100000);
				if (ends[i] == SIGKILL)
					raise(SIGKILL);
				_exit(ends[i]);
			}
			if (write(number[1], &theirs, sizeof(theirs)) != sizeof(theirs))
				_exit(1);
			for (;;)
				pause();
		}
		cr_assert_eq(read(number[0], &theirs, sizeof(theirs)), sizeof(theirs));
		close(number[0]);
		close(number[1]);
		fd = kern_pidfd_open(theirs, &err);
		cr_expect_eq(kern_pidfd_status(fd, &status, &err), 0);
		cr_expect_eq(kern_pidfd_wait(fd, 10000, &err), 1);
		cr_expect_eq(kern_pidfd_status(fd, &status, &err), 1, "%s", test_text(&err));
		cr_expect_eq(status, ends[i] == SIGKILL ? SIGKILL : ends[i] << 8, "0x%x", status);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

Test(pidfd, start_time, .timeout = 60)
{
	auto_close int procfs = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct err err = { 0 };
	pid_t pid = sleeper();
	uint64_t ticks = 0;
	uint64_t again = 0;
	char state = '?';
	int fd;

	/* A name that looks like the fields behind it. */
	prctl(PR_SET_NAME, "a) S 1 (b");
	cr_expect_eq(kern_pidfd_start_time(procfs, pid, &ticks, &err), 0, "%s", test_text(&err));
	cr_expect_gt(ticks, 0);
	cr_expect_eq(kern_pidfd_state(procfs, getpid(), &state, &again, &err), 0, "%s", test_text(&err));
	cr_expect_eq(state, 'R');
	cr_expect_leq(again, ticks);
	fd = kern_pidfd_open_started(pid, ticks, &err);
	cr_expect_geq(fd, 0, "%s", test_text(&err));
	close(fd);
	/* The number is somebody else's now. */
	cr_expect_eq(kern_pidfd_open_started(pid, ticks + 1, &err), -1);
	cr_expect_eq(err.errnum, ESRCH);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	err = (struct err){ 0 };
	cr_expect_eq(kern_pidfd_start_time(procfs, pid, &ticks, &err), -1);
	cr_expect_eq(err.errnum, ESRCH);
}

Test(pidfd, its_directory, .timeout = 60)
{
	auto_close int procfs = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct err err = { 0 };
	pid_t pid = sleeper();
	auto_close int fd = kern_pidfd_open(pid, &err);
	auto_close int directory = kern_pidfd_proc(procfs, fd, &err);
	struct stat st;

	cr_assert_geq(directory, 0, "%s", test_text(&err));
	cr_expect_eq(fstatat(directory, "ns/mnt", &st, 0), 0);
	kern_pidfd_signal(fd, SIGKILL, &err);
	waitpid(pid, NULL, 0);
	cr_expect_eq(fstatat(directory, "ns/mnt", &st, 0), -1);
	cr_expect_eq(kern_pidfd_proc(procfs, fd, &err), -1);
	cr_expect_eq(err.errnum, ESRCH);
}
