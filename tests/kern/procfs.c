/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/constants.h"
#include "kern/ns.h"
#include "kern/procfs.h"
#include "fs_help.h"

Test(procfs, handle_is_private)
{
	struct fs_test test = fs_test_begin();
	int proc = fs_fd(test, kern_procfs_open(test.err));
	struct statfs fs;
	char text[256];

	cr_assert_eq(fstatfs(proc, &fs), 0);
	cr_assert_eq((unsigned long)fs.f_type, PROC_SUPER_MAGIC);
	/* P12: what is mounted over /proc/sys does not matter. */
	cr_assert_eq(mount("x", "/proc/sys", "tmpfs", 0, NULL), 0);
	cr_assert(kern_procfs_read(proc, "sys/kernel/ostype", text, sizeof(text), test.err) > 0, "%s",
		  fs_test_error(test.err));
	cr_assert_str_eq(text, "Linux");
}

Test(procfs, P12_covered_proc_is_not_believed)
{
	struct fs_test test = fs_test_begin();
	struct err err = { 0 };
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[64];

	cr_assert_eq(mount("x", "/proc/sys", "tmpfs", 0, NULL), 0);
	cr_assert(kern_procfs_read(proc, "sys/kernel/ostype", text, sizeof(text), &err) < 0);
	cr_assert_eq(err.errnum, EXDEV);
	close(proc);
	(void)test;
}

Test(procfs, links_are_not_followed)
{
	struct fs_test test = fs_test_begin();
	int proc = fs_fd(test, kern_procfs_open(test.err));
	struct err err = { 0 };

	cr_assert(kern_procfs_open_file(proc, "self/status", O_RDONLY, &err) < 0);
	cr_assert_eq(err.errnum, ELOOP);
	err = (struct err){ 0 };
	cr_assert(kern_procfs_open_file(proc, "../etc/passwd", O_RDONLY, &err) < 0);
	err = (struct err){ 0 };
	cr_assert(kern_procfs_open_file(proc, "1/root/etc/passwd", O_RDONLY, &err) < 0);
}

Test(procfs, self_is_written)
{
	struct fs_test test = fs_test_begin();
	int proc = fs_fd(test, kern_procfs_open(test.err));
	char text[32], path[64];

	fs_ok(test, kern_procfs_write_self(proc, "comm", "renamed", test.err));
	snprintf(path, sizeof(path), "%d/comm", (int)getpid());
	cr_assert(kern_procfs_read(proc, path, text, sizeof(text), test.err) > 0);
	cr_assert_str_eq(text, "renamed");
	fs_ok(test, kern_procfs_write_pid(proc, getpid(), "comm", "again", test.err));
	fs_ok(test, kern_procfs_write_self(proc, "oom_score_adj", "500", test.err));
}

Test(procfs, sysctls)
{
	struct fs_test test = fs_test_begin();
	int proc;
	struct utsname names;

	cr_assert_eq(unshare(CLONE_NEWUTS | CLONE_NEWNET), 0);
	proc = fs_fd(test, kern_procfs_open(test.err));
	fs_ok(test, kern_procfs_sysctl(proc, "kernel.domainname", "example.org", test.err));
	cr_assert_eq(uname(&names), 0);
	cr_assert_str_eq(names.domainname, "example.org");
	fs_ok(test, kern_procfs_sysctl(proc, "net/ipv4/ip_forward", "1", test.err));
	fs_ok(test, kern_procfs_sysctl(proc, "net.ipv4.conf.lo.forwarding", "1", test.err));
	fs_ok(test, kern_procfs_sysctl(proc, "net/ipv4/conf/lo/forwarding", "0", test.err));
}

Test(procfs, P13_bad_sysctl_keys)
{
	static const char *const keys[] = {
		"",
		"/kernel/hostname",
		"../self/comm",
		"kernel/../x",
		"kernel/./hostname",
		"kernel//hostname",
		"kernel/hostname/",
		"..",
		".",
		"kernel..hostname",
		"/",
		"a/..",
	};
	struct fs_test test = fs_test_begin();
	int proc = fs_fd(test, kern_procfs_open(test.err));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct err err = { 0 };

		cr_assert(kern_procfs_sysctl(proc, keys[i], "x", &err) < 0, "%s is taken", keys[i]);
		cr_assert_eq(err.kind, ERR_SPEC, "%s", keys[i]);
		cr_assert_str_eq(err.object, keys[i]);
	}
}

Test(ns, kinds_are_checked)
{
	struct fs_test test = fs_test_begin();
	struct err err = { 0 };
	int fd = fs_fd(test, kern_ns_open("/proc/self/ns/uts", CLONE_NEWUTS, test.err));

	cr_assert_eq(kern_ns_type(fd, test.err), CLONE_NEWUTS);
	fs_ok(test, kern_ns_join(fd, CLONE_NEWUTS, test.err));
	cr_assert(kern_ns_open("/proc/self/ns/uts", CLONE_NEWNET, &err) < 0);
	cr_assert_str_eq(err.message, "is a uts namespace, not a network namespace");
	err = (struct err){ 0 };
	cr_assert(kern_ns_open("/etc/passwd", CLONE_NEWNET, &err) < 0);
	cr_assert_str_eq(err.message, "is not a namespace file");
	err = (struct err){ 0 };
	cr_assert(kern_ns_open("/nowhere", CLONE_NEWNET, &err) < 0);
	cr_assert_eq(err.errnum, ENOENT);
	cr_assert_str_eq(kern_ns_find("net")->name, "network");
	cr_assert_str_eq(kern_ns_find("mount")->proc_name, "mnt");
	cr_assert_null(kern_ns_find("nothing"));
}

Test(ns, names_are_set)
{
	struct fs_test test = fs_test_begin();
	struct utsname names;

	fs_ok(test, kern_ns_unshare(CLONE_NEWUTS, test.err));
	fs_ok(test, kern_ns_set_hostname("alpha", test.err));
	fs_ok(test, kern_ns_set_domainname("example", test.err));
	cr_assert_eq(uname(&names), 0);
	cr_assert_str_eq(names.nodename, "alpha");
	cr_assert_str_eq(names.domainname, "example");
}

static void enter_a_day_later(struct fs_test test, int proc)
{
	const struct kern_time_offset day = { .secs = 86400, .nanosecs = 5 };
	struct timespec before, after;

	clock_gettime(CLOCK_BOOTTIME, &before);
	fs_ok(test, kern_ns_unshare(CLONE_NEWTIME, test.err));
	fs_ok(test, kern_ns_time_enter(proc, NULL, &day, test.err));
	clock_gettime(CLOCK_BOOTTIME, &after);
	fs_assert(after.tv_sec - before.tv_sec >= 86400 && after.tv_sec - before.tv_sec < 86500);
}

Test(ns, time_offsets_apply_to_the_caller)
{
	struct fs_test test = fs_test_begin();
	int proc, status;
	pid_t pid;

	if (access("/proc/self/ns/time", F_OK))
		cr_skip_test("this kernel has no time namespaces");
	proc = fs_fd(test, kern_procfs_open(test.err));
	/* The kernel wants a process without threads; Criterion has some. */
	pid = fork();
	if (pid == 0) {
		enter_a_day_later(test, proc);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0);
}
