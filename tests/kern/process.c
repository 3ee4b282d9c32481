/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits, scheduling, keyrings and the small attributes of a process. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/keyring.h"
#include "kern/limits.h"
#include "kern/process.h"
#include "kern/sched.h"
#include "help.h"

Test(limits, set_and_read, .timeout = 60)
{
	struct err err = { 0 };
	struct rlimit got;
	uint64_t before;
	uint64_t hard;

	cr_expect_eq(kern_limits_set(0, RLIMIT_CORE, 0, 4096, &err), 0, "%s", test_text(&err));
	cr_expect_eq(getrlimit(RLIMIT_CORE, &got), 0);
	cr_expect_eq(got.rlim_cur, 0);
	cr_expect_eq(got.rlim_max, 4096);
	cr_expect_eq(kern_limits_set(0, RLIMIT_CORE, 8192, 4096, &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
	cr_expect_str_eq(err.object, "RLIMIT_CORE");
	err = (struct err){ 0 };
	cr_assert_eq(kern_limits_get(0, RLIMIT_NOFILE, &before, &hard, &err), 0);
	cr_assert_eq(kern_limits_set(0, RLIMIT_NOFILE, hard - 1, hard, &err), 0);
	cr_expect_eq(kern_limits_raise_files(&before, &err), 0);
	cr_expect_eq(before, hard - 1);
	cr_expect_eq(kern_limits_get(0, RLIMIT_NOFILE, &before, &hard, &err), 0);
	cr_expect_eq(before, hard);
	cr_expect_str_eq(kern_limits_name(99), "RLIMIT_?");
	cr_expect_eq(kern_limits_set(0, RLIMIT_STACK, UINT64_MAX, UINT64_MAX, &err), 0, "%s",
		     test_text(&err));
}

static int raise_hard(void *data, struct err *err)
{
	(void)data;
	if (kern_limits_set(0, RLIMIT_CORE, 0, 4096, err) < 0)
		return -1;
	if (setuid(65534) < 0)
		return err_system(err, "setuid", "65534");
	return kern_limits_set(0, RLIMIT_CORE, 0, 8192, err);
}

Test(limits, hard_limits_need_a_capability, .timeout = 60)
{
	struct err err = { 0 };

	test_need_root("another user");
	cr_expect_eq(test_in_child(raise_hard, NULL, &err), -1);
	cr_expect_eq(err.errnum, EPERM);
	cr_expect(strstr(err.hint, "CAP_SYS_RESOURCE"), "%s", err.hint);
}

Test(sched, lists, .timeout = 60)
{
	static const struct {
		const char *text;
		int top, errnum, set; /* set: how many bits */
	} cases[] = {
		{ "", 0, 0, 0 },
		{ "0", 1, 0, 1 },
		{ "0-3,8", 9, 0, 5 },
		{ "5, 7\n", 8, 0, 2 },
		{ "2047", 2048, 0, 1 },
		{ "32767", 32768, 0, 1 },
		{ "32768", -1, ERANGE, 0 },
		{ "99999999999999999999999", -1, ERANGE, 0 },
		{ "3-1", -1, EINVAL, 0 },
		{ "a", -1, EINVAL, 0 },
		{ "1-", -1, EINVAL, 0 },
		{ "-1", -1, EINVAL, 0 },
		{ "1x", -1, EINVAL, 0 },
		{ "0-1023,1025-2047", 2048, 0, 2047 },
	};
	unsigned long mask[KERN_SCHED_BITS / 8 / sizeof(unsigned long)];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ssize_t top = kern_sched_list(cases[i].text, mask, KERN_SCHED_BITS);
		int set = 0;
		size_t n;

		cr_expect_eq(top, cases[i].top, "\"%s\": %zd", cases[i].text, top);
		if (top < 0) {
			cr_expect_eq(errno, cases[i].errnum, "\"%s\"", cases[i].text);
			continue;
		}
		for (n = 0; n < sizeof(mask) / sizeof(mask[0]); n++)
			set += __builtin_popcountl(mask[n]);
		cr_expect_eq(set, cases[i].set, "\"%s\"", cases[i].text);
	}
}

Test(sched, affinity, .timeout = 60)
{
	struct err err = { 0 };
	char text[64];

	/* CPUs that are not there are left out, also far beyond 1024. */
	cr_expect_eq(kern_sched_set_affinity(0, "0,3000-4000", &err), 0, "%s", test_text(&err));
	cr_expect_str_eq(test_status_field(getpid(), "Cpus_allowed_list", text, sizeof(text)), "0");
	cr_expect_eq(kern_sched_set_affinity(0, "", &err), 0);
	cr_expect_eq(kern_sched_set_affinity(0, "31000", &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
	cr_expect_str_eq(err.object, "31000");
	err = (struct err){ 0 };
	cr_expect_eq(kern_sched_set_affinity(0, "0-x", &err), -1);
	cr_expect_str_eq(err.op, "CPU list");
}

Test(sched, policies, .timeout = 60)
{
	struct kern_sched batch = { .policy = SCHED_BATCH, .nice = 7, .flags = 1 /* RESET_ON_FORK */ };
	struct kern_sched fifo = { .policy = SCHED_FIFO, .priority = 200 };
	struct err err = { 0 };

	cr_expect_eq(kern_sched_set(0, &batch, &err), 0, "%s", test_text(&err));
	cr_expect_eq(sched_getscheduler(0), SCHED_BATCH | SCHED_RESET_ON_FORK);
	cr_expect_eq(getpriority(PRIO_PROCESS, 0), 7);
	cr_expect_eq(kern_sched_set(0, &fifo, &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
	cr_expect(strstr(err.hint, "1 to 99"), "%s", err.hint);
	err = (struct err){ 0 };
	test_need_root("real-time scheduling");
	fifo.priority = 3;
	cr_expect_eq(kern_sched_set(0, &fifo, &err), 0, "%s", test_text(&err));
	cr_expect_eq(sched_getscheduler(0), SCHED_FIFO);
}

Test(sched, deadline, .timeout = 60)
{
	struct kern_sched deadline = {
		.policy = 6 /* SCHED_DEADLINE */, .runtime = 1000000, .deadline = 10000000, .period = 20000000
	};
	struct err err = { 0 };

	test_need_root("deadline scheduling");
	cr_expect_eq(kern_sched_set(0, &deadline, &err), 0, "%s", test_text(&err));
	cr_expect_eq(sched_getscheduler(0), 6);
	deadline.runtime = deadline.deadline + 1;
	cr_expect_eq(kern_sched_set(0, &deadline, &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
}

Test(sched, io_priority, .timeout = 60)
{
	struct err err = { 0 };

	cr_expect_eq(kern_sched_set_io(0, IOPRIO_CLASS_BE, 6, &err), 0, "%s", test_text(&err));
	cr_expect_eq(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6));
	/* A class that there is not; from 8 on Linux looks at the lower three bits alone. */
	cr_expect_eq(kern_sched_set_io(0, 5, 0, &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
}

Test(sched, memory_policy, .timeout = 60)
{
	struct err err = { 0 };
	unsigned long nodes[KERN_SCHED_BITS / 8 / sizeof(unsigned long)] = { 0 };
	int mode = -1;

	if (kern_sched_set_memory(MPOL_BIND, 0, "0", &err) < 0 && err.errnum == ENOSYS)
		cr_skip("this kernel has no NUMA support");
	cr_expect_not(err_is_set(&err), "%s", test_text(&err));
	cr_assert_eq(syscall(SYS_get_mempolicy, &mode, nodes, KERN_SCHED_BITS, NULL, 0), 0);
	cr_expect_eq(mode, MPOL_BIND);
	cr_expect_eq(nodes[0], 1);
	cr_expect_eq(kern_sched_set_memory(MPOL_DEFAULT, 0, "", &err), 0, "%s", test_text(&err));
	cr_expect_eq(kern_sched_set_memory(MPOL_BIND, 0, "", &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
	err = (struct err){ 0 };
	cr_expect_eq(kern_sched_set_memory(MPOL_BIND, 0, "30000", &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
	cr_expect(strstr(err.object, "\"30000\""), "%s", err.object);
}

Test(keyring, a_new_session, .timeout = 60)
{
	struct err err = { 0 };
	char described[256] = "";
	char name[64];
	char expected[128];
	long before = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	long after;

	snprintf(name, sizeof(name), "_ses.test-%d", (int)getpid());
	if (kern_keyring_join(name, &err) < 0 && err.errnum == ENOSYS)
		cr_skip("this kernel has no keyrings");
	cr_expect_not(err_is_set(&err), "%s", test_text(&err));
	after = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	cr_expect_neq(before, after);
	cr_assert_gt(syscall(SYS_keyctl, KEYCTL_DESCRIBE, after, described, sizeof(described)), 0);
	snprintf(expected, sizeof(expected), ";3f1b0000;%s", name);
	cr_expect(strstr(described, expected), "%s", described);
}

Test(process, attributes, .timeout = 60)
{
	struct err err = { 0 };
	char text[64];
	int value = 0;

	cr_expect_eq(kern_process_no_new_privs(&err), 0);
	cr_expect_str_eq(test_status_field(getpid(), "NoNewPrivs", text, sizeof(text)), "1");
	cr_expect_eq(kern_process_death_signal(SIGUSR1, &err), 0);
	cr_expect_eq(prctl(PR_GET_PDEATHSIG, &value), 0);
	cr_expect_eq(value, SIGUSR1);
	cr_expect_eq(kern_process_death_signal(0, &err), 0);
	cr_expect_eq(kern_process_death_signal(1000, &err), -1);
	cr_expect_eq(err.errnum, EINVAL);
	err = (struct err){ 0 };
	cr_expect_eq(kern_process_dumpable(false, &err), 0);
	cr_expect_eq(prctl(PR_GET_DUMPABLE), 0);
	cr_expect_eq(kern_process_subreaper(true, &err), 0);
	cr_expect_eq(prctl(PR_GET_CHILD_SUBREAPER, &value), 0);
	cr_expect_eq(value, 1);
	cr_expect_eq(kern_process_personality(PER_LINUX32, &err), 0);
	cr_expect_eq(personality(0xffffffff), PER_LINUX32);
}

static int session_twice(void *data, struct err *err)
{
	(void)data;
	if (kern_process_session(err) < 0 || kern_process_session(err) < 0)
		return -1;
	return getsid(0) == getpid() ? 0 : -1;
}

Test(process, session, .timeout = 60)
{
	struct err err = { 0 };

	cr_expect_eq(test_in_child(session_twice, NULL, &err), 0, "%s", test_text(&err));
}
