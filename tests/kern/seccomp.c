/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System call filters: what they refuse. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/process.h"
#include "kern/seccomp.h"
#include "help.h"
#include "seccomp_help.h"

static int load(const struct kern_seccomp *profile, uint64_t flags, struct err *err)
{
	auto_close int program = kern_seccomp_compile(profile, -1, err);

	if (program < 0 || kern_process_no_new_privs(err) < 0)
		return -1;
	return kern_seccomp_load(program, flags, NULL, err);
}

static int run_getppid(void *data, struct err *err)
{
	const struct one *one = data;

	if (load(&one->profile, 0, err) < 0)
		return -1;
	errno = 0;
	syscall(SYS_getppid);
	return errno;
}

Test(seccomp, actions, .timeout = 60)
{
	struct err err = { 0 };
	struct one one;
	char text[8];

	need_library();
	one_rule(&one, "getppid", KERN_SECCOMP_ERRNO);
	cr_expect_eq(test_in_child(run_getppid, &one, &err), EPERM, "%s", test_text(&err));
	one.rule.has_errno = true;
	one.rule.errno_ret = ENOSYS;
	cr_expect_eq(test_in_child(run_getppid, &one, &err), ENOSYS);
	one.rule.errno_ret = 0;
	cr_expect_eq(test_in_child(run_getppid, &one, &err), 0);
	one_rule(&one, "getppid", KERN_SECCOMP_TRACE); /* nobody traces */
	cr_expect_eq(test_in_child(run_getppid, &one, &err), ENOSYS);
	one_rule(&one, "getppid", KERN_SECCOMP_LOG);
	cr_expect_eq(test_in_child(run_getppid, &one, &err), 0);
	one_rule(&one, "getppid", KERN_SECCOMP_KILL_PROCESS);
	cr_expect_eq(test_in_child(run_getppid, &one, &err), -2);
	cr_expect_eq(WTERMSIG(test_last_status()), SIGSYS);
	one_rule(&one, "getppid", KERN_SECCOMP_KILL_THREAD);
	cr_expect_eq(test_in_child(run_getppid, &one, &err), -2);
	one_rule(&one, "getppid", KERN_SECCOMP_TRAP);
	cr_expect_eq(test_in_child(run_getppid, &one, &err), -2);
	cr_expect_eq(WTERMSIG(test_last_status()), SIGSYS);
	cr_expect_eq(kern_seccomp_actions(), (1U << KERN_SECCOMP_ACTION_COUNT) - 1);
	cr_expect_str_eq(test_status_field(getpid(), "Seccomp", text, sizeof(text)), "0");
}

/* Refuse all but what a child of this test needs to end and to report. */
static int run_default_errno(void *data, struct err *err)
{
	static const char *const names[] = { "exit_group", "write", "close", "munmap", "not_a_system_call" };
	struct kern_seccomp_rule rule = { .names = names, .name_count = 5, .action = KERN_SECCOMP_ALLOW };
	struct kern_seccomp profile = { .default_action = KERN_SECCOMP_ERRNO,
					.has_default_errno = true,
					.default_errno = 77,
					.rules = &rule,
					.rule_count = 1 };

	(void)data;
	if (load(&profile, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW, err) < 0)
		return -1;
	syscall(SYS_getppid);
	return errno;
}

Test(seccomp, default_errno_and_unknown_names, .timeout = 60)
{
	struct err err = { 0 };

	need_library();
	cr_expect_eq(test_in_child(run_default_errno, NULL, &err), 77, "%s", test_text(&err));
}

static int run_newer(void *data, struct err *err)
{
	struct kern_seccomp_rule rule = { 0 };
	static const char *const names[] = { "exit_group", "write", "munmap" };
	struct kern_seccomp profile = { .default_action = *(enum kern_seccomp_action *)data,
					.rules = &rule,
					.rule_count = 1 };
	int newer;

	rule = (struct kern_seccomp_rule){ .names = names, .name_count = 3, .action = KERN_SECCOMP_ALLOW };
	if (load(&profile, 0, err) < 0)
		return -1;
	syscall(1999);
	newer = errno;
	syscall(SYS_getppid);
	return newer == ENOSYS && errno == EPERM;
}

/* What the library has no name for the profile cannot have meant. */
Test(seccomp, newer_system_calls_are_not_there, .timeout = 60)
{
	enum kern_seccomp_action action = KERN_SECCOMP_ERRNO;
	struct err err = { 0 };

	need_library();
	cr_expect_eq(test_in_child(run_newer, &action, &err), 1, "%s", test_text(&err));
	action = KERN_SECCOMP_KILL_PROCESS;
	cr_expect_eq(test_in_child(run_newer, &action, &err), -2);
	cr_expect_eq(WTERMSIG(test_last_status()), SIGSYS);
}

/* What dup3(first, second, third) gives under a rule that makes it errno 99. */
struct compare {
	struct kern_seccomp_arg args[3];
	size_t count;
	long first, second;
	bool matches;
};

static int run_compare(void *data, struct err *err)
{
	const struct compare *compare = data;
	struct one one;

	one_rule(&one, "dup3", KERN_SECCOMP_ERRNO);
	one.rule.has_errno = true;
	one.rule.errno_ret = 99;
	one.rule.args = compare->args;
	one.rule.arg_count = compare->count;
	if (load(&one.profile, 0, err) < 0)
		return -1;
	errno = 0;
	syscall(SYS_dup3, compare->first, compare->second, 12345);
	return errno == 99;
}

Test(seccomp, comparisons, .timeout = 60)
{
	static struct compare cases[] = {
		{ { { 0, KERN_SECCOMP_EQ, 7, 0 } }, 1, 7, 0, true },
		{ { { 0, KERN_SECCOMP_EQ, 7, 0 } }, 1, 8, 0, false },
		{ { { 0, KERN_SECCOMP_NE, 7, 0 } }, 1, 7, 0, false },
		{ { { 0, KERN_SECCOMP_LT, 7, 0 } }, 1, 6, 0, true },
		{ { { 0, KERN_SECCOMP_LE, 7, 0 } }, 1, 7, 0, true },
		{ { { 0, KERN_SECCOMP_GE, 7, 0 } }, 1, 6, 0, false },
		{ { { 0, KERN_SECCOMP_GT, 0x100000000, 0 } }, 1, 0x100000001, 0, true },
		{ { { 0, KERN_SECCOMP_GT, 0x100000000, 0 } }, 1, 7, 0, false },
		{ { { 0, KERN_SECCOMP_MASKED_EQ, 0xf0, 0x20 } }, 1, 0x2f, 0, true },
		{ { { 0, KERN_SECCOMP_MASKED_EQ, 0xf0, 0x20 } }, 1, 0x3f, 0, false },
		/* two arguments: both must match */
		{ { { 0, KERN_SECCOMP_EQ, 7, 0 }, { 1, KERN_SECCOMP_EQ, 9, 0 } }, 2, 7, 9, true },
		{ { { 0, KERN_SECCOMP_EQ, 7, 0 }, { 1, KERN_SECCOMP_EQ, 9, 0 } }, 2, 7, 8, false },
		/* one argument twice: either will do */
		{ { { 0, KERN_SECCOMP_EQ, 7, 0 }, { 0, KERN_SECCOMP_EQ, 9, 0 } }, 2, 9, 0, true },
		{ { { 0, KERN_SECCOMP_EQ, 7, 0 }, { 0, KERN_SECCOMP_EQ, 9, 0 } }, 2, 7, 0, true },
		{ { { 0, KERN_SECCOMP_EQ, 7, 0 }, { 0, KERN_SECCOMP_EQ, 9, 0 } }, 2, 8, 0, false },
	};
	size_t i;

	need_library();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = { 0 };

		cr_expect_eq(test_in_child(run_compare, &cases[i], &err), cases[i].matches, "case %zu %s", i,
			     err_is_set(&err) ? test_text(&err) : "");
	}
}

Test(seccomp, what_is_refused, .timeout = 60)
{
	static const char *const unknown[] = { "SCMP_ARCH_NONE" };
	struct err err = { 0 };
	struct one one;

	need_library();
	one_rule(&one, "getppid", KERN_SECCOMP_ERRNO);
	one.rule.has_errno = true;
	one.rule.errno_ret = 5000;
	cr_expect_eq(kern_seccomp_compile(&one.profile, -1, &err), -1);
	cr_expect(strstr(err.message, "5000"), "%s", test_text(&err));
	err = (struct err){ 0 };
	one.rule.errno_ret = 1;
	one.profile.arches = unknown;
	one.profile.arch_count = 1;
	cr_expect_eq(kern_seccomp_compile(&one.profile, -1, &err), -1);
	cr_expect_eq(err.kind, ERR_UNSUPPORTED);
	cr_expect(strstr(err.message, "SCMP_ARCH_NONE"), "%s", test_text(&err));
}

static int load_unprivileged(void *data, struct err *err)
{
	auto_close int program = -1;
	struct one one;

	(void)data;
	one_rule(&one, "getppid", KERN_SECCOMP_ERRNO);
	program = kern_seccomp_compile(&one.profile, -1, err);
	if (program < 0 || (geteuid() == 0 && setuid(65534) < 0))
		return -1;
	return kern_seccomp_load(program, 0, NULL, err);
}

Test(seccomp, needs_no_new_privs, .timeout = 60)
{
	struct err err = { 0 };

	need_library();
	cr_expect_eq(test_in_child(load_unprivileged, NULL, &err), -1);
	cr_expect_eq(err.errnum, EACCES);
	cr_expect(strstr(err.hint, "no_new_privs"), "%s", err.hint);
}

/* The child is told the answer by the test, which has its listener by pidfd_getfd. */
Test(seccomp, notification, .timeout = 60)
{
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp answer = { 0 };
	struct err err = { 0 };
	struct one one;
	auto_close int program = -1;
	auto_close int pidfd = -1;
	auto_close int listener = -1;
	int number[2];
	int theirs = -1;
	int status;
	pid_t pid;

	need_library();
	one_rule(&one, "getppid", KERN_SECCOMP_NOTIFY);
	program = kern_seccomp_compile(&one.profile, -1, &err);
	cr_assert_geq(program, 0, "%s", test_text(&err));
	cr_assert_eq(pipe2(number, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		if (kern_process_no_new_privs(&err) < 0 ||
		    kern_seccomp_load(program, SECCOMP_FILTER_FLAG_TSYNC | 1U << 5 /* WAIT_KILLABLE_RECV */,
				      &theirs, &err) < 0 ||
		    fcntl(theirs, F_GETFD) != FD_CLOEXEC)
			theirs = -1;
		if (write(number[1], &theirs, sizeof(theirs)) < 0)
			_exit(1);
		_exit(syscall(SYS_getppid) == 4711 ? 42 : 1);
	}
	cr_assert_eq(read(number[0], &theirs, sizeof(theirs)), sizeof(theirs));
	cr_assert_geq(theirs, 0);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	listener = (int)syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	cr_assert_geq(listener, 0, "%s", strerror(errno));
	cr_assert_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request), 0, "%s", strerror(errno));
	cr_expect_eq(request.data.nr, SYS_getppid);
	answer.id = request.id;
	answer.val = 4711;
	cr_expect_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer), 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(WEXITSTATUS(status), 42);
}
