/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels: set where the kernel has the module, a clear error where it has not (security.md C7). */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/lsm.h"
#include "help.h"

Test(lsm, unconfined_is_one_name, .timeout = 60)
{
	cr_expect(kern_lsm_is_unconfined(NULL));
	cr_expect(kern_lsm_is_unconfined(""));
	cr_expect(kern_lsm_is_unconfined("unconfined"));
	cr_expect_not(kern_lsm_is_unconfined("unconfined_foo"));
	cr_expect_not(kern_lsm_is_unconfined("docker-default"));
}

static int set(void *data, struct err *err)
{
	auto_close int procfs = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *const *labels = data;

	return kern_lsm_set_exec(procfs, labels[0], labels[1], err);
}

Test(lsm, without_apparmor, .timeout = 60)
{
	const char *profile[] = { "unconfined_foo", NULL };
	const char *unconfined[] = { "unconfined", NULL };
	struct err err = { 0 };

	if (kern_lsm_has_apparmor())
		cr_skip("this kernel runs AppArmor");
	cr_expect_eq(test_in_child(set, profile, &err), -1);
	cr_expect_eq(err.kind, ERR_UNSUPPORTED, "%s", test_text(&err));
	cr_expect_str_eq(err.object, "unconfined_foo");
	cr_expect(strstr(err.message, "without AppArmor"), "%s", test_text(&err));
	cr_expect_eq(test_in_child(set, unconfined, &err), 0, "%s", test_text(&err));
}

Test(lsm, without_selinux, .timeout = 60)
{
	const char *label[] = { NULL, "system_u:system_r:container_t:s0" };
	struct err err = { 0 };

	if (kern_lsm_has_selinux())
		cr_skip("this kernel runs SELinux");
	cr_expect_eq(test_in_child(set, label, &err), -1);
	cr_expect_str_eq(err.object, label[1]);
	cr_expect_str_eq(err.op, "SELinux");
}

Test(lsm, with_apparmor, .timeout = 60)
{
	const char *profile[] = { "no-such-profile-is-loaded", NULL };
	struct err err = { 0 };

	if (!kern_lsm_has_apparmor())
		cr_skip("this kernel runs without AppArmor");
	cr_expect_eq(test_in_child(set, profile, &err), -1);
	cr_expect_eq(err.errnum, ENOENT);
	cr_expect(strstr(err.hint, "no profile of that name"), "%s", err.hint);
}

/* A tree that is no procfs takes no label: the write would go to a file of the container's (CVE-2019-16884).
 */
Test(lsm, only_a_procfs_takes_labels, .timeout = 60)
{
	struct err err = { 0 };
	auto_close int fake = -1;

	test_private_directory();
	mkdir("thread-self", 0755);
	mkdir("thread-self/attr", 0755);
	test_write_file("thread-self/attr/exec", "", 0666);
	fake = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_expect_eq(kern_lsm_set_exec(fake, "docker-default", NULL, &err), -1);
	cr_expect(err_is_set(&err));
	err = (struct err){ 0 };
	cr_expect_eq(kern_lsm_set_exec(fake, NULL, "a:b:c:d", &err), -1);
	cr_expect(err_is_set(&err));
}

Test(lsm, current_label, .timeout = 60)
{
	auto_close int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct err err = { 0 };
	char label[256] = "x";

	cr_expect_eq(kern_lsm_get_current(self, label, sizeof(label), &err), 0, "%s", test_text(&err));
	if (!kern_lsm_has_apparmor() && !kern_lsm_has_selinux())
		cr_expect_str_eq(label, "");
}
