/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_special.h"
#include "fs_help.h"

Test(mount, overlay_with_a_private_upper)
{
	struct fs_test test = fs_test_begin();
	const char *lower[] = { "/mnt/low,er", "/usr", NULL };
	struct kern_mount mount = { .destination = "/merged" };

	fs_test_mkdir("/mnt/low,er");
	fs_test_file("/mnt/low,er/file", "x");
	cr_assert_eq(chmod("/mnt/low,er", 0751), 0);
	mount.tree = fs_fd(test, kern_mount_overlay(lower, NULL, NULL, test.err));
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT "/merged"), OVERLAYFS_SUPER_MAGIC);
	cr_assert_eq(fs_test_mode(FS_ROOT "/merged") & 07777, 0751);
	fs_test_file(FS_ROOT "/merged/new", "y");
	cr_assert_eq(unlink(FS_ROOT "/merged/file"), 0);
	cr_assert(fs_test_mode("/mnt/low,er/file") && !fs_test_mode("/mnt/low,er/new"));
	cr_assert(fs_test_mode(FS_ROOT "/merged/bin"));
}

Test(mount, overlay_with_upper_and_work)
{
	struct fs_test test = fs_test_begin();
	const char *lower[] = { "/usr", NULL };
	struct kern_mount mount = { .destination = "/merged" };
	struct err err = { 0 };

	fs_test_mkdir("/mnt/upper");
	fs_test_mkdir("/mnt/work");
	mount.tree = fs_fd(test, kern_mount_overlay(lower, "/mnt/upper", "/mnt/work", test.err));
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	fs_test_file(FS_ROOT "/merged/new", "y");
	cr_assert(fs_test_mode("/mnt/upper/new"));
	cr_assert(kern_mount_overlay(lower, "/mnt/upper", NULL, &err) < 0);
	err = (struct err){ 0 };
	lower[0] = "/nowhere";
	cr_assert(kern_mount_overlay(lower, NULL, NULL, &err) < 0);
	cr_assert_str_eq(err.object, "/nowhere");
}

Test(mount, G3_cgroup_v1_is_put_together)
{
	static const struct kern_mount_attr attr = {
		.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	};
	struct fs_test test = fs_test_begin();
	struct kern_cgroup_bind items[] = {
		{ .mountpoint = "/mnt/cg/cpu,cpuacct", .path = "/box", .controllers = ",cpu,cpuacct," },
		{ .mountpoint = "/mnt/cg/memory", .path = "/box", .controllers = ",memory," },
		{ .mountpoint = "/mnt/cg/unified", .path = "/box", .controllers = ",hugetlb,", .v2 = true },
	};
	const struct kern_cgroup_binds binds = { .items = items, .count = 3, .attr = &attr };
	char text[32] = "";

	/* Any directories do: what is bound is found by path on the host's side. */
	fs_test_mkdir("/mnt/cg");
	for (size_t i = 0; i < 3; i++) {
		char path[64];

		fs_test_mkdir(items[i].mountpoint);
		snprintf(path, sizeof(path), "%s/box", items[i].mountpoint);
		fs_test_mkdir(path);
		snprintf(path, sizeof(path), "%s/box/here", items[i].mountpoint);
		fs_test_file(path, "");
	}
	fs_ok(test, kern_mount_cgroup_v1(test.root, "/sys/fs/cgroup", &binds, test.err));
	cr_assert(fs_test_mode(FS_ROOT "/sys/fs/cgroup/memory/here"));
	cr_assert(fs_test_mode(FS_ROOT "/sys/fs/cgroup/unified/here"));
	cr_assert(fs_test_mode(FS_ROOT "/sys/fs/cgroup/cpu/here") ||
		  S_ISLNK(fs_test_mode(FS_ROOT "/sys/fs/cgroup/cpu")));
	cr_assert_eq(readlink(FS_ROOT "/sys/fs/cgroup/cpuacct", text, sizeof(text)), 11);
	cr_assert_str_eq(text, "cpu,cpuacct");
	cr_assert(fs_test_has_option(FS_ROOT "/sys/fs/cgroup", "ro") &&
		  fs_test_has_option(FS_ROOT "/sys/fs/cgroup/memory", "ro"));
}

