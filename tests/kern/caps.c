/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The five sets, as the kernel shows them in /proc/self/status (security.md C1, C5, C6). */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/caps.h"
#include "kern/cred.h"
#include "help.h"

#define BIT(n) (UINT64_C(1) << (n))

static uint64_t field(pid_t pid, const char *name)
{
	char text[64];

	return strtoull(test_status_field(pid, name, text, sizeof(text)), NULL, 16);
}

Test(caps, own_sets, .timeout = 60)
{
	struct kern_caps caps;
	struct err err = { 0 };
	char last[16];

	cr_assert_eq(kern_caps_get(&caps, &err), 0);
	cr_expect_eq(caps.bounding, field(getpid(), "CapBnd"));
	cr_expect_eq(caps.effective, field(getpid(), "CapEff"));
	cr_expect_eq(caps.inheritable, field(getpid(), "CapInh"));
	cr_expect_eq(caps.permitted, field(getpid(), "CapPrm"));
	cr_expect_eq(caps.ambient, field(getpid(), "CapAmb"));
	cr_assert_gt(file_read_small(AT_FDCWD, "/proc/sys/kernel/cap_last_cap", last, sizeof(last)), 0);
	cr_expect_eq(kern_caps_last(), (unsigned)atoi(last));
	cr_expect_eq(kern_caps_all(), (BIT(kern_caps_last()) << 1) - 1);
}

static int without_proc(void *data, struct err *err)
{
	struct kern_caps caps;

	if (chroot("/tmp") < 0)
		return err_system(err, "chroot", "/tmp");
	return kern_caps_get(&caps, err) < 0 ? -1 : memcmp(&caps, data, sizeof(caps)) == 0;
}

Test(caps, own_sets_without_proc, .timeout = 60)
{
	struct kern_caps caps;
	struct err err = { 0 };

	test_private_directory();
	cr_assert_eq(kern_caps_get(&caps, &err), 0);
	cr_expect_eq(test_in_child(without_proc, &caps, &err), 1, "%s", test_text(&err));
}

Test(caps, names, .timeout = 60)
{
	char buf[32];

	cr_expect_eq(kern_caps_number("CAP_CHOWN"), 0);
	cr_expect_eq(kern_caps_number("cap_net_raw"), CAP_NET_RAW);
	cr_expect_eq(kern_caps_number("net_raw"), CAP_NET_RAW);
	cr_expect_eq(kern_caps_number("CAP_13"), 13);
	cr_expect_eq(kern_caps_number("13"), 13);
	cr_expect_eq(kern_caps_number("CAP_63"), -1);
	cr_expect_eq(kern_caps_number("CAP_NOTHING"), -1);
	cr_expect_eq(kern_caps_number(""), -1);
	cr_expect_eq(kern_caps_number("CAP_"), -1);
	cr_expect_eq(kern_caps_number("CAP_NET_RAW "), -1);
	cr_expect_str_eq(kern_caps_name(CAP_NET_RAW, buf, sizeof(buf)), "CAP_NET_RAW");
	cr_expect_str_eq(kern_caps_name(CAP_CHECKPOINT_RESTORE, buf, sizeof(buf)), "CAP_CHECKPOINT_RESTORE");
	cr_expect_str_eq(kern_caps_name(61, buf, sizeof(buf)), "CAP_61");
}

struct change {
	struct kern_caps caps;
	uint32_t uid;
	bool execute; /* look at the sets of a program executed then */
};

static void read_sets(uint64_t found[5])
{
	static const char *const names[] = { "CapBnd", "CapEff", "CapInh", "CapPrm", "CapAmb" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		found[i] = field(getpid(), names[i]);
}

/* The whole order of caps.h. */
static int apply(void *data, struct err *err)
{
	struct change *change = data;
	struct kern_cred cred = { .uid = change->uid, .gid = change->uid };
	uint64_t found[5];

	if (kern_caps_bound(change->caps.bounding, err) < 0 || kern_caps_keep(err) < 0 ||
	    kern_cred_set(&cred, err) < 0 || kern_caps_apply(&change->caps, err) < 0)
		return -1;
	read_sets(found);
	if (found[0] != change->caps.bounding || found[1] != change->caps.effective ||
	    found[2] != change->caps.inheritable || found[3] != change->caps.permitted ||
	    found[4] != change->caps.ambient)
		return err_set(err, ERR_SYSTEM, "sets", "bnd %llx eff %llx inh %llx prm %llx amb %llx",
			       (unsigned long long)found[0], (unsigned long long)found[1],
			       (unsigned long long)found[2], (unsigned long long)found[3],
			       (unsigned long long)found[4]);
	if (prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0) != 0)
		return err_set(err, ERR_SYSTEM, "KEEPCAPS", "is left set");
	if (change->execute) {
		char pattern[128];

		snprintf(pattern, sizeof(pattern),
			 "test $(grep -c -e 'CapAmb:.%016llx' -e 'CapEff:.%016llx' -e 'CapBnd:.%016llx' "
			 "/proc/self/status) = 3",
			 (unsigned long long)change->caps.ambient, (unsigned long long)change->caps.ambient,
			 (unsigned long long)change->caps.bounding);
		execl("/bin/sh", "sh", "-c", pattern, (char *)NULL);
	}
	return 0;
}

Test(caps, over_a_change_of_user, .timeout = 60)
{
	struct change change = { .uid = 1000 };
	struct err err = { 0 };

	test_need_root("capabilities");
	change.caps.bounding = BIT(CAP_CHOWN) | BIT(CAP_NET_RAW) | BIT(CAP_KILL);
	change.caps.permitted = BIT(CAP_NET_RAW) | BIT(CAP_KILL);
	change.caps.effective = BIT(CAP_KILL);
	cr_expect_eq(test_in_child(apply, &change, &err), 0, "%s", test_text(&err));
	change.uid = 0;
	cr_expect_eq(test_in_child(apply, &change, &err), 0, "%s", test_text(&err));
	change.caps = (struct kern_caps){ 0 };
	cr_expect_eq(test_in_child(apply, &change, &err), 0, "%s", test_text(&err));
}

Test(caps, ambient_ones_survive_execve, .timeout = 60)
{
	struct change change = { .uid = 1000, .execute = true };
	struct err err = { 0 };
	uint64_t raw = BIT(CAP_NET_RAW);

	test_need_root("capabilities");
	change.caps = (struct kern_caps){
		.bounding = raw, .effective = raw, .inheritable = raw, .permitted = raw, .ambient = raw
	};
	test_in_child(apply, &change, &err);
	cr_expect_not(err_is_set(&err), "%s", test_text(&err));
	cr_expect_eq(test_last_status(), 0, "the program saw other sets");
}

Test(caps, what_cannot_be_given, .timeout = 60)
{
	struct change change = { 0 };
	struct err err = { 0 };

	test_need_root("capabilities");
	change.caps = (struct kern_caps){ .permitted = BIT(63) };
	cr_expect_eq(test_in_child(apply, &change, &err), -1);
	cr_expect_str_eq(err.object, "CAP_63");
	cr_expect_eq(err.errnum, EPERM);
	change.caps = (struct kern_caps){ .effective = BIT(CAP_KILL) };
	cr_expect_eq(test_in_child(apply, &change, &err), -1);
	cr_expect_str_eq(err.object, "CAP_KILL");
	cr_expect(strstr(err.hint, "must be permitted"), "%s", err.hint);
	change.caps = (struct kern_caps){ .permitted = BIT(CAP_KILL), .ambient = BIT(CAP_KILL) };
	cr_expect_eq(test_in_child(apply, &change, &err), -1);
	cr_expect_str_eq(err.object, "PR_CAP_AMBIENT_RAISE CAP_KILL");
	cr_expect_eq(err.errnum, EINVAL);
}

static int bound_without_right(void *data, struct err *err)
{
	struct kern_caps none = { 0 };

	(void)data;
	if (kern_caps_apply(&none, err) < 0)
		return -1;
	return kern_caps_bound(0, err);
}

Test(caps, bounding_needs_setpcap, .timeout = 60)
{
	struct err err = { 0 };

	test_need_root("capabilities");
	cr_expect_eq(test_in_child(bound_without_right, NULL, &err), -1);
	cr_expect_str_eq(err.object, "PR_CAPBSET_DROP CAP_CHOWN");
	cr_expect(strstr(err.hint, "CAP_SETPCAP"), "%s", err.hint);
}
