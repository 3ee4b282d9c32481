/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ids and groups, as the kernel shows them in /proc/self/status (security.md C2, C3, C4). */
#include <criterion/criterion.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cred.h"
#include "help.h"

static int expect_field(const char *name, const char *value, struct err *err)
{
	char found[256];

	test_status_field(getpid(), name, found, sizeof(found));
	/* Groups ends in a blank. */
	while (*found && found[strlen(found) - 1] == ' ')
		found[strlen(found) - 1] = '\0';
	return strcmp(found, value) == 0
		       ? 0
		       : err_set(err, ERR_SYSTEM, name, "expected \"%s\", found \"%s\"", value, found);
}

static int set_all(void *data, struct err *err)
{
	static const uint32_t groups[] = { 5, 7, 4294967294 };
	struct kern_cred cred = {
		.uid = 1000, .gid = 1001, .groups = groups, .group_count = 3, .has_umask = true, .umask = 027
	};

	(void)data;
	if (kern_cred_set(&cred, err) < 0 || expect_field("Uid", "1000\t1000\t1000\t1000", err) < 0 ||
	    expect_field("Gid", "1001\t1001\t1001\t1001", err) < 0 ||
	    expect_field("Groups", "5 7 4294967294", err) < 0 || expect_field("Umask", "0027", err) < 0 ||
	    expect_field("CapEff", "0000000000000000", err) < 0)
		return -1;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

Test(cred, all_ids, .timeout = 60)
{
	struct err err = { 0 };

	test_need_root("other ids");
	cr_expect_eq(test_in_child(set_all, NULL, &err), 0, "%s", test_text(&err));
}

static int drop_groups(void *data, struct err *err)
{
	static const gid_t before[] = { 1, 2, 3 };
	struct kern_cred cred = { .uid = 0, .gid = 0 };

	(void)data;
	if (setgroups(ARRAY_SIZE(before), before) < 0)
		return err_system(err, "setgroups", "before");
	umask(0123);
	if (kern_cred_set(&cred, err) < 0 || expect_field("Groups", "", err) < 0)
		return -1;
	return expect_field("Umask", "0123", err);
}

Test(cred, groups_are_dropped_unless_given, .timeout = 60)
{
	struct err err = { 0 };

	test_need_root("groups");
	cr_expect_eq(test_in_child(drop_groups, NULL, &err), 0, "%s", test_text(&err));
}

static int in_user_namespace(void *data, struct err *err)
{
	const struct kern_cred *cred = data;

	return test_user_namespace(err) < 0 ? -1 : kern_cred_set(cred, err);
}

Test(cred, what_is_not_mapped_is_an_error, .timeout = 60)
{
	struct kern_cred cred = { .uid = 5, .gid = 0, .keep_groups = true };
	struct err err = { 0 };

	cr_expect_eq(test_in_child(in_user_namespace, &cred, &err), -1);
	cr_expect_str_eq(err.op, "setresuid");
	cr_expect_eq(err.errnum, EINVAL);
	cr_expect(strstr(err.hint, "uid is not mapped"), "%s", err.hint);
	cred.uid = 0;
	cred.gid = 5;
	cr_expect_eq(test_in_child(in_user_namespace, &cred, &err), -1);
	cr_expect_str_eq(err.object, "gid 5");
	cred.gid = 0;
	cr_expect_eq(test_in_child(in_user_namespace, &cred, &err), 0, "%s", test_text(&err));
	cred.keep_groups = false;
	cr_expect_eq(test_in_child(in_user_namespace, &cred, &err), -1);
	cr_expect_str_eq(err.op, "setgroups");
	cr_expect(strstr(err.hint, "user_namespaces(7)"), "%s", err.hint);
}

static int become_root(void *data, struct err *err)
{
	(void)data;
	if (test_user_namespace(err) < 0 || kern_cred_become_root(err) < 0)
		return -1;
	return geteuid() == 0 && getegid() == 0 ? 0 : err_set(err, ERR_SYSTEM, "ids", "not 0");
}

Test(cred, root_of_a_user_namespace, .timeout = 60)
{
	struct err err = { 0 };

	cr_expect_eq(test_in_child(become_root, NULL, &err), 0, "%s", test_text(&err));
}
