/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/mask.h"
#include "fs_help.h"

Test(mask, files_directories_and_absent_paths)
{
	struct fs_test test = fs_test_begin();
	struct kern_masks masks = KERN_MASKS_NONE;
	struct stat st;

	fs_test_mkdir(FS_ROOT "/dir");
	fs_test_mkdir(FS_ROOT "/dir2");
	fs_test_file(FS_ROOT "/dir/secret", "secret");
	fs_test_file(FS_ROOT "/file", "secret");
	fs_test_file(FS_ROOT "/file2", "secret");
	fs_test_symlink("/file2", FS_ROOT "/link");
	fs_ok(test, kern_mask_path(&masks, test.root, "/file", test.err));
	fs_ok(test, kern_mask_path(&masks, test.root, "/link", test.err));
	fs_ok(test, kern_mask_path(&masks, test.root, "/dir", test.err));
	fs_ok(test, kern_mask_path(&masks, test.root, "/dir2", test.err));
	fs_ok(test, kern_mask_path(&masks, test.root, "/absent/path", test.err));
	kern_mask_close(&masks);
	cr_assert_eq(stat(FS_ROOT "/file", &st), 0);
	cr_assert(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
	cr_assert_eq(stat(FS_ROOT "/file2", &st), 0);
	cr_assert(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
	cr_assert_eq(fs_test_mode(FS_ROOT "/dir/secret"), 0);
	cr_assert(mkdir(FS_ROOT "/dir/x", 0700) < 0 && errno == EROFS);
	cr_assert(mkdir(FS_ROOT "/dir2/x", 0700) < 0 && errno == EROFS);
}

Test(mask, P8_P9_containers_own_null_is_not_used)
{
	struct fs_test test = fs_test_begin();
	struct kern_masks masks = KERN_MASKS_NONE;
	struct stat st;

	fs_test_mkdir(FS_ROOT "/dev");
	fs_test_symlink("/proc/sys/kernel/core_pattern", FS_ROOT "/dev/null");
	fs_test_file(FS_ROOT "/kcore", "secret");
	fs_ok(test, kern_mask_path(&masks, test.root, "/kcore", test.err));
	cr_assert_eq(stat(FS_ROOT "/kcore", &st), 0);
	cr_assert(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
	/* And a host whose /dev/null is something else is told so. */
	kern_mask_close(&masks);
	fs_test_file("/mnt/fake", "");
	cr_assert_eq(mount("/mnt/fake", "/dev/null", NULL, MS_BIND, NULL), 0);
	cr_assert(kern_mask_path(&masks, test.root, "/kcore", test.err) < 0);
	cr_assert_str_eq(test.err->message, "is not the null device (character device 1:3)");
}

Test(mask, readonly_paths)
{
	struct fs_test test = fs_test_begin();

	fs_test_mkdir(FS_ROOT "/sys");
	fs_test_mkdir(FS_ROOT "/sys/sub");
	fs_test_file(FS_ROOT "/file", "x");
	cr_assert_eq(mount("x", FS_ROOT "/sys/sub", "tmpfs", 0, NULL), 0);
	fs_ok(test, kern_mask_readonly(test.root, "/sys", test.err));
	fs_ok(test, kern_mask_readonly(test.root, "/file", test.err));
	fs_ok(test, kern_mask_readonly(test.root, "/absent", test.err));
	cr_assert(mkdir(FS_ROOT "/sys/x", 0700) < 0 && errno == EROFS);
	cr_assert(mkdir(FS_ROOT "/sys/sub/x", 0700) < 0 && errno == EROFS);
	cr_assert(open(FS_ROOT "/file", O_WRONLY | O_CLOEXEC) < 0 && errno == EROFS);
}
