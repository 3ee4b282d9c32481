/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run/find.h: who a number is, found once. Containers: tests/tool/nscaps/show.bats. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/pidfd.h"
#include "run/find.h"

Test(run_find, digits_are_processes)
{
	cr_expect(run_find_is_process("1"));
	cr_expect(run_find_is_process("99999999999999999999"));
	cr_expect_not(run_find_is_process(""));
	cr_expect_not(run_find_is_process("1a"));
	cr_expect_not(run_find_is_process("-1"));
}

static bool has_status(const struct run_found *found)
{
	auto_close int file = openat(found->proc, "status", O_RDONLY | O_CLOEXEC);
	char byte;

	return file >= 0 && read(file, &byte, 1) == 1;
}

Test(run_find, a_process_and_its_end, .timeout = 60)
{
	struct run_found found, gone;
	struct err err = { 0 };
	char number[16];
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	snprintf(number, sizeof(number), "%d", (int)pid);
	cr_assert_eq(run_find_process(number, &found, &err), 0, "%s", err.message);
	cr_expect_eq(found.pid, pid);
	cr_expect_eq(kern_pidfd_pid(found.pidfd, &err), pid);
	cr_expect_eq(fcntl(found.pidfd, F_GETFD), FD_CLOEXEC);
	cr_expect_eq(fcntl(found.proc, F_GETFD), FD_CLOEXEC);
	cr_expect(has_status(&found));

	cr_expect_eq(kern_pidfd_signal(found.pidfd, SIGKILL, &err), 0);
	cr_expect_eq(waitpid(pid, NULL, 0), pid);
	cr_expect_not(has_status(&found));
	cr_expect_eq(run_find_process(number, &gone, &err), -1);
	cr_expect_eq(err.kind, ERR_NOT_FOUND);
	cr_expect_eq(gone.pidfd, -1);
	cr_expect_eq(gone.proc, -1);
	run_found_close(&gone);
	run_found_close(&found);
	cr_expect_eq(found.pidfd, -1);
	cr_expect_eq(found.proc, -1);
}

static void *find_myself(void *data)
{
	struct run_found *found = data;
	struct err err = { 0 };
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)gettid());
	cr_expect_eq(run_find_process(number, found, &err), 0, "%s", err.message);
	cr_expect(has_status(found));
	return NULL;
}

Test(run_find, a_thread_has_no_pidfd, .timeout = 60)
{
	struct run_found found;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, find_myself, &found), 0);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	cr_expect_eq(found.pidfd, -1);
	cr_expect_geq(found.proc, 0);
	run_found_close(&found);
}

Test(run_find, what_no_process_has)
{
	static const char *const numbers[] = { "0", "-1", "", "x", "4294967297", "99999999999999999999" };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct run_found found;
		struct err err = { 0 };

		cr_expect_eq(run_find_process(numbers[i], &found, &err), -1, "%s", numbers[i]);
		cr_expect_eq(err.kind, ERR_USAGE, "%s", numbers[i]);
		run_found_close(&found);
	}
}
