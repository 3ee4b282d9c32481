/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/device.h"
#include "kern/path.h"
#include "fs_help.h"

static const struct kern_device null = {
	.path = "/dev/null", .mode = S_IFCHR | 0666, .major = 1, .minor = 3
};

Test(device, mode_and_owner_whatever_the_umask)
{
	static const struct kern_device fuse = {
		.path = "/dev/fuse",
		.mode = S_IFCHR | 0662,
		.major = 10,
		.minor = 229,
		.uid = 5,
		.gid = 6,
	};
	static const struct kern_device fifo = { .path = "/var/pipe", .mode = S_IFIFO | 0622 };
	struct fs_test test = fs_test_begin();
	struct kern_parent parent = KERN_PARENT_NONE;
	struct stat st;

	umask(077);
	fs_ok(test, kern_device_make(&parent, test.root, &null, test.err));
	fs_ok(test, kern_device_make(&parent, test.root, &fuse, test.err));
	fs_ok(test, kern_device_make(&parent, test.root, &fifo, test.err));
	cr_assert_eq(lstat(FS_ROOT "/dev/null", &st), 0);
	cr_assert(st.st_mode == (S_IFCHR | 0666) && st.st_rdev == makedev(1, 3));
	cr_assert_eq(lstat(FS_ROOT "/dev/fuse", &st), 0);
	cr_assert(st.st_mode == (S_IFCHR | 0662) && st.st_uid == 5 && st.st_gid == 6);
	cr_assert_eq(fs_test_mode(FS_ROOT "/var/pipe"), S_IFIFO | 0622);
	kern_parent_close(&parent);
}

Test(device, existing_node_must_match)
{
	struct fs_test test = fs_test_begin();
	struct kern_parent parent = KERN_PARENT_NONE;
	struct err err = { 0 };
	char text[2048];

	fs_test_mkdir(FS_ROOT "/dev");
	cr_assert_eq(mknod(FS_ROOT "/dev/null", S_IFCHR | 0600, makedev(1, 3)), 0);
	fs_ok(test, kern_device_make(&parent, test.root, &null, test.err));
	cr_assert_eq(fs_test_mode(FS_ROOT "/dev/null"), S_IFCHR | 0666);
	cr_assert_eq(unlink(FS_ROOT "/dev/null"), 0);
	cr_assert_eq(mknod(FS_ROOT "/dev/null", S_IFCHR | 0600, makedev(1, 5)), 0);
	cr_assert(kern_device_make(&parent, test.root, &null, &err) < 0);
	cr_assert_str_eq(err_text(&err, text, sizeof(text)),
			 "device /dev/null: there is a character device 1:5 already, not 1:3");
	cr_assert_eq(unlink(FS_ROOT "/dev/null"), 0);
	fs_test_symlink(FS_OUTSIDE "/marker", FS_ROOT "/dev/null");
	err = (struct err){ 0 };
	cr_assert(kern_device_make(&parent, test.root, &null, &err) < 0);
	cr_assert(strstr(err.message, "something else"));
	fs_test_outside_untouched();
}

Test(device, P3_dev_that_is_a_link)
{
	struct fs_test test = fs_test_begin();
	struct kern_parent parent = KERN_PARENT_NONE;
	const struct kern_link ptmx = { .path = "/dev/marker",
					.target = "pts/ptmx",
					.flags = KERN_LINK_REPLACE };

	fs_test_symlink(FS_OUTSIDE, FS_ROOT "/dev");
	fs_ok(test, kern_device_make(&parent, test.root, &null, test.err));
	fs_ok(test, kern_device_link(&parent, test.root, &ptmx, test.err));
	fs_test_outside_untouched();
	cr_assert_eq(fs_test_mode(FS_ROOT FS_OUTSIDE "/null"), S_IFCHR | 0666);
}

Test(device, P4_names_in_dev_that_are_links)
{
	static const struct kern_device console = {
		.path = "/dev/console", .mode = S_IFCHR | 0600, .major = 1, .minor = 3
	};
	struct fs_test test = fs_test_begin();
	struct kern_parent parent = KERN_PARENT_NONE;
	const struct kern_link fd = { .path = "/dev/fd", .target = "/proc/self/fd" };
	const struct kern_link ptmx = { .path = "/dev/ptmx",
					.target = "pts/ptmx",
					.flags = KERN_LINK_REPLACE };
	char text[16] = "";

	fs_test_mkdir(FS_ROOT "/dev");
	fs_test_symlink(FS_OUTSIDE "/marker", FS_ROOT "/dev/fd");
	fs_test_symlink(FS_OUTSIDE "/marker", FS_ROOT "/dev/ptmx");
	fs_test_symlink(FS_OUTSIDE "/marker", FS_ROOT "/dev/console");
	fs_ok(test, kern_device_link(&parent, test.root, &fd, test.err));
	fs_ok(test, kern_device_link(&parent, test.root, &ptmx, test.err));
	cr_assert(kern_device_make(&parent, test.root, &console, test.err) < 0);
	cr_assert_eq(readlink(FS_ROOT "/dev/ptmx", text, sizeof(text)), 8);
	cr_assert_str_eq(text, "pts/ptmx");
	fs_test_outside_untouched();
}

Test(device, bind_is_checked_and_keeps_flags)
{
	static const struct kern_device zero = {
		.path = "/dev/null", .mode = S_IFCHR | 0666, .major = 1, .minor = 5
	};
	struct fs_test test = fs_test_begin();
	struct err err = { 0 };
	const char *options;

	fs_ok(test, kern_device_bind(test.root, &null, -1, test.err));
	cr_assert(S_ISCHR(fs_test_mode(FS_ROOT "/dev/null")));
	options = fs_test_mount_options(FS_ROOT "/dev/null");
	cr_assert(strstr(options, "nosuid") && strstr(options, "noexec") && !strstr(options, "nodev"), "%s",
		  options);
	cr_assert(kern_device_bind(test.root, &zero, -1, &err) < 0);
	cr_assert(strstr(err.message, "character device 1:3 already, not 1:5"));
}

Test(device, link_only_when_its_target_exists)
{
	struct fs_test test = fs_test_begin();
	struct kern_parent parent = KERN_PARENT_NONE;
	const struct kern_link absent = { .path = "/dev/a",
					  .target = "/nothing",
					  .flags = KERN_LINK_IF_TARGET };
	const struct kern_link relative = { .path = "/dev/b",
					    .target = "here",
					    .flags = KERN_LINK_IF_TARGET };

	fs_test_mkdir(FS_ROOT "/dev");
	fs_test_file(FS_ROOT "/dev/here", "");
	fs_ok(test, kern_device_link(&parent, test.root, &absent, test.err));
	fs_ok(test, kern_device_link(&parent, test.root, &relative, test.err));
	cr_assert_eq(fs_test_mode(FS_ROOT "/dev/a"), 0);
	cr_assert(S_ISLNK(fs_test_mode(FS_ROOT "/dev/b")));
}
