/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"
#include "kern/mount_stage.h"
#include "kern/ns.h"
#include "kern/procfs.h"
#include "fs_help.h"

static void tmpfs_at(struct fs_test test, const char *destination, const char *data, unsigned flags)
{
	const struct kern_fs fs = { .type = "tmpfs", .data = data };
	const struct kern_mount mount = { .destination = destination, .fs = &fs, .flags = flags };

	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
}

Test(mount, new_file_system_with_attributes)
{
	struct fs_test test = fs_test_begin();
	const struct kern_fs fs = {
		.type = "tmpfs", .source = "shm", .data = "mode=1777,size=64k", .super_flags = MS_RDONLY
	};
	const struct kern_mount mount = {
		.destination = "/dev/shm",
		.fs = &fs,
		.attr = { .set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOATIME },
	};
	size_t fds = fs_test_open_fds();

	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT "/dev/shm"), TMPFS_MAGIC);
	cr_assert_eq(fs_test_mode(FS_ROOT "/dev/shm") & 07777, 01777);
	cr_assert(fs_test_has_option(FS_ROOT "/dev/shm", "nosuid"), "%s",
		  fs_test_mount_options(FS_ROOT "/dev/shm"));
	cr_assert(fs_test_has_option(FS_ROOT "/dev/shm", "noatime"));
	cr_assert(fs_test_has_option(FS_ROOT "/dev/shm", "size=64k"));
	cr_assert(fs_test_has_option(FS_ROOT "/dev/shm", "shm"));
	cr_assert(fs_test_has_option(FS_ROOT "/dev/shm", "ro"));
	cr_assert_eq(fs_test_open_fds(), fds);
}

Test(mount, standard_set)
{
	static const struct kern_fs proc = { .type = "proc", .source = "proc" };
	static const struct kern_fs devpts = { .type = "devpts",
					       .data = "newinstance,ptmxmode=0666,mode=0620" };
	static const struct kern_fs mqueue = { .type = "mqueue" };
	static const struct kern_fs sysfs = { .type = "sysfs" };
	struct fs_test test = fs_test_begin();
	struct kern_mount mount = { .destination = "/proc", .fs = &proc, .flags = KERN_MOUNT_REFUSE_SYMLINK };

	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT "/proc"), PROC_SUPER_MAGIC);
	cr_assert_eq(fs_test_mode(FS_ROOT "/proc") & 07777, 0555);
	tmpfs_at(test, "/dev", "mode=755", 0);
	mount = (struct kern_mount){ .destination = "/dev/pts", .fs = &devpts };
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT "/dev/pts"), DEVPTS_SUPER_MAGIC);
	cr_assert_eq(fs_test_mode(FS_ROOT "/dev/pts/ptmx"), S_IFCHR | 0666);
	mount = (struct kern_mount){ .destination = "/dev/mqueue", .fs = &mqueue };
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT "/dev/mqueue"), MQUEUE_MAGIC);
	mount = (struct kern_mount){ .destination = "/sys", .fs = &sysfs, .flags = KERN_MOUNT_SYS_BIND };
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT "/sys"), SYSFS_MAGIC);
}

Test(mount, R2_tmpfs_takes_the_mode_of_what_was_there)
{
	struct fs_test test = fs_test_begin();

	fs_test_mkdir(FS_ROOT "/there");
	cr_assert_eq(chmod(FS_ROOT "/there", 02750), 0);
	tmpfs_at(test, "/there", NULL, 0);
	cr_assert_eq(fs_test_mode(FS_ROOT "/there") & 07777, 02750);
	tmpfs_at(test, "/new", NULL, 0);
	cr_assert_eq(fs_test_mode(FS_ROOT "/new") & 07777, 01777);
	fs_test_mkdir(FS_ROOT "/said");
	tmpfs_at(test, "/said", "size=4k,mode=711", 0);
	cr_assert_eq(fs_test_mode(FS_ROOT "/said") & 07777, 0711);
}

Test(mount, P1_P2_proc_and_sys_on_links_are_refused)
{
	static const struct kern_fs fs = { .type = "proc" };
	struct fs_test test = fs_test_begin();
	struct kern_mount mount = { .destination = "/proc", .fs = &fs, .flags = KERN_MOUNT_REFUSE_SYMLINK };
	struct err err = { 0 };
	char text[2048];

	fs_test_symlink(FS_OUTSIDE, FS_ROOT "/proc");
	fs_test_symlink("bin", FS_ROOT "/sys");
	fs_test_mkdir(FS_ROOT "/bin");
	cr_assert(kern_mount_at(test.root, &mount, &err) < 0);
	cr_assert_str_eq(err_text(&err, text, sizeof(text)),
			 "mount /proc: must be mounted on a directory that is not a symbolic link");
	err = (struct err){ 0 };
	mount.destination = "/sys";
	cr_assert(kern_mount_at(test.root, &mount, &err) < 0);
	cr_assert_str_eq(err.object, "/sys");
	fs_test_outside_untouched();
	cr_assert_str_eq(fs_test_mount_options(FS_ROOT "/bin"), "");
}

Test(mount, P5_destination_through_a_link_stays_inside)
{
	struct fs_test test = fs_test_begin();

	fs_test_symlink(FS_OUTSIDE, FS_ROOT "/link");
	fs_test_symlink("../../../mnt/outside", FS_ROOT "/relative");
	tmpfs_at(test, "/link/x", NULL, 0);
	tmpfs_at(test, "/relative", NULL, 0);
	fs_test_outside_untouched();
	cr_assert(*fs_test_mount_options(FS_ROOT FS_OUTSIDE "/x") ||
		  *fs_test_mount_options(FS_ROOT FS_OUTSIDE));
}

Test(mount, errors_carry_the_kernels_words)
{
	static const struct kern_fs unknown_option = { .type = "tmpfs", .data = "size=4k,colour=red" };
	static const struct kern_fs bad_value = { .type = "tmpfs", .data = "size=much" };
	static const struct kern_fs unknown = { .type = "nosuchfs" };
	struct fs_test test = fs_test_begin();
	struct kern_mount mount = { .destination = "/x", .fs = &unknown_option };
	struct err err = { 0 };
	char text[2048];

	cr_assert(kern_mount_at(test.root, &mount, &err) < 0);
	cr_assert_str_eq(err_text(&err, text, sizeof(text)), "fsconfig colour=red on /x: Invalid argument");
	cr_assert(strstr(err.hint, "Unknown parameter 'colour'"), "%s", err.hint);
	err = (struct err){ 0 };
	mount.fs = &bad_value;
	cr_assert(kern_mount_at(test.root, &mount, &err) < 0);
	cr_assert(strstr(err.hint, "size"), "%s", err.hint);
	err = (struct err){ 0 };
	mount.fs = &unknown;
	cr_assert(kern_mount_at(test.root, &mount, &err) < 0);
	cr_assert_str_eq(err_text(&err, text, sizeof(text)), "fsopen nosuchfs on /x: No such device");
	cr_assert(strstr(err.hint, "no file system \"nosuchfs\""));
}

Test(mount, what_fsopen_cannot_do_goes_by_mount)
{
	static const uint64_t shared = MS_SHARED;
	struct fs_test test = fs_test_begin();
	const struct kern_fs fs = { .type = "tmpfs", .data = "size=64k", .super_flags = MS_I_VERSION };
	struct kern_mount mount = { .destination = "/x", .fs = &fs, .attr = { .set = MOUNT_ATTR_NOEXEC } };
	struct err err = { 0 };

	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "noexec"));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "size=64k"));
	/* What one call cannot do is put on the stage first, where that may be. */
	mount.attr.propagation = &shared;
	mount.attr.propagation_count = 1;
	mount.destination = "/y";
	cr_assert(kern_mount_at(test.root, &mount, &err) < 0);
	cr_assert(strstr(err.message, "need a mount namespace of its own"), "%s", err.message);
	kern_mount_stage_allow();
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	kern_mount_stage_end();
	cr_assert(fs_test_has_option(FS_ROOT "/y", "noexec"));
	cr_assert(fs_test_has_option(FS_ROOT "/y", "size=64k"));
	cr_assert(strstr(fs_test_mount_options(FS_ROOT "/y"), "shared:"));
}

static void bind_at(struct fs_test test, const char *source, unsigned flags, struct kern_mount mount)
{
	mount.tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, source, flags, test.err));
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	close(mount.tree);
}

Test(mount, binds_of_directories_and_files)
{
	struct fs_test test = fs_test_begin();

	fs_test_mkdir("/mnt/source");
	fs_test_file("/mnt/source/file", "data");
	bind_at(test, "/mnt/source", KERN_TREE_RECURSIVE,
		(struct kern_mount){ .destination = "/volume", .attr = { .set = MOUNT_ATTR_RDONLY } });
	bind_at(test, "/mnt/source/file", 0, (struct kern_mount){ .destination = "/etc/file" });
	cr_assert_eq(fs_test_mode(FS_ROOT "/volume/file"), S_IFREG | 0644);
	cr_assert_eq(fs_test_mode(FS_ROOT "/etc/file"), S_IFREG | 0644);
	cr_assert(fs_test_has_option(FS_ROOT "/volume", "ro"));
	cr_assert(!fs_test_has_option(FS_ROOT "/etc/file", "ro"));
	cr_assert(open(FS_ROOT "/volume/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 && errno == EROFS);
}

Test(mount, recursive_attributes_reach_submounts)
{
	struct fs_test test = fs_test_begin();

	fs_test_mkdir("/mnt/source");
	fs_test_mkdir("/mnt/source/sub");
	cr_assert_eq(mount("x", "/mnt/source/sub", "tmpfs", 0, NULL), 0);
	bind_at(test, "/mnt/source", KERN_TREE_RECURSIVE,
		(struct kern_mount){ .destination = "/plain", .attr = { .set = MOUNT_ATTR_RDONLY } });
	bind_at(test, "/mnt/source", KERN_TREE_RECURSIVE,
		(struct kern_mount){ .destination = "/deep",
				     .attr = { .set_recursive = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME } });
	cr_assert(fs_test_has_option(FS_ROOT "/plain", "ro") &&
		  !fs_test_has_option(FS_ROOT "/plain/sub", "ro"));
	cr_assert(fs_test_has_option(FS_ROOT "/deep", "ro") &&
		  fs_test_has_option(FS_ROOT "/deep/sub", "noatime"));
	bind_at(test, FS_ROOT "/deep", KERN_TREE_RECURSIVE,
		(struct kern_mount){ .destination = "/cleared",
				     .attr = { .clear_recursive = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOATIME } });
	cr_assert(fs_test_has_option(FS_ROOT "/cleared/sub", "rw"));
	cr_assert(fs_test_has_option(FS_ROOT "/cleared/sub", "relatime"));
}

Test(mount, propagation)
{
	static const uint64_t shared[] = { MS_SHARED | MS_REC }, unbindable[] = { MS_UNBINDABLE };
	struct fs_test test = fs_test_begin();

	fs_test_mkdir("/mnt/source");
	cr_assert_eq(mount(NULL, "/mnt", NULL, MS_SHARED, NULL), 0);
	bind_at(test, "/mnt/source", KERN_TREE_RECURSIVE, (struct kern_mount){ .destination = "/slave" });
	cr_assert(strstr(fs_test_mount_options(FS_ROOT "/slave"), "master:"), "%s",
		  fs_test_mount_options(FS_ROOT "/slave"));
	bind_at(test, "/mnt/source", 0,
		(struct kern_mount){ .destination = "/shared",
				     .attr = { .propagation = shared, .propagation_count = 1 } });
	cr_assert(strstr(fs_test_mount_options(FS_ROOT "/shared"), "shared:"));
	bind_at(test, "/mnt/source", 0,
		(struct kern_mount){ .destination = "/unbindable",
				     .attr = { .propagation = unbindable, .propagation_count = 1 } });
	cr_assert(strstr(fs_test_mount_options(FS_ROOT "/unbindable"), "unbindable"));
	cr_assert(kern_mount_tree_open(AT_FDCWD, FS_ROOT "/unbindable", 0, test.err) < 0);
	cr_assert(strstr(test.err->hint, "unbindable"));
}

Test(mount, idmap)
{
	struct fs_test test = fs_test_begin();
	int proc = fs_fd(test, kern_procfs_open(test.err));
	int userns = fs_fd(test, kern_ns_user_create(proc, "0 1000 10\n", "0 2000 10\n", test.err));
	struct kern_mount mount = { .destination = "/mapped" };
	struct err err = { 0 };
	struct stat st;

	fs_test_mkdir("/mnt/source");
	fs_test_file("/mnt/source/file", "");
	cr_assert_eq(chown("/mnt/source/file", 3, 4), 0);
	mount.tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, "/mnt/source", 0, test.err));
	if (kern_mount_idmap(mount.tree, userns, true, "/mnt/source", test.err) && test.err->errnum == ENOSYS)
		cr_skip_test("%s", test.err->hint);
	if (test.err->errnum == EINVAL)
		cr_skip_test("tmpfs cannot be idmapped on this kernel (before 6.3)");
	fs_ok(test, -err_is_set(test.err));
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert_eq(stat(FS_ROOT "/mapped/file", &st), 0);
	cr_assert(st.st_uid == 1003 && st.st_gid == 2004);
	mount.tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, "/proc", 0, test.err));
	cr_assert(kern_mount_idmap(mount.tree, userns, false, "/proc", &err) < 0);
	cr_assert_str_eq(err.object, "/proc (proc)");
	cr_assert(strstr(err.hint, "file system proc does not support idmapped mounts"), "%s", err.hint);
}

Test(mount, remount)
{
	static const struct kern_mount_attr ro = { .set = MOUNT_ATTR_RDONLY };
	static const struct kern_fs size = { .type = "tmpfs", .data = "size=128k" };
	struct fs_test test = fs_test_begin();
	struct err err = { 0 };

	tmpfs_at(test, "/x", "size=64k", 0);
	fs_ok(test, kern_mount_remount(test.root, "/x", NULL, &ro, test.err));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "ro"));
	fs_ok(test, kern_mount_remount(test.root, "/x", &size, NULL, test.err));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "size=128k"));
	fs_test_mkdir(FS_ROOT "/plain");
	cr_assert(kern_mount_remount(test.root, "/plain", NULL, &ro, &err) < 0);
	cr_assert(strstr(err.hint, "not a mount point"));
}

Test(mount, fallback_without_mount_setattr)
{
	struct fs_test test = fs_test_begin();
	int fd;

	tmpfs_at(test, "/x", NULL, 0);
	fd = open(FS_ROOT "/x", O_PATH | O_CLOEXEC);
	fs_ok(test, kern_mount_fallback_set(fd, "/x", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0, test.err));
	fs_ok(test, kern_mount_fallback_set(fd, "/x", MOUNT_ATTR_NODEV | MOUNT_ATTR_NOATIME,
					    MOUNT_ATTR_RDONLY, test.err));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "nosuid") && fs_test_has_option(FS_ROOT "/x", "nodev"));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "noatime"));
	cr_assert(!strncmp(fs_test_mount_options(FS_ROOT "/x"), "rw,", 3));
	fs_ok(test, kern_mount_fallback_propagation(fd, "/x", MS_SHARED, test.err));
	cr_assert(strstr(fs_test_mount_options(FS_ROOT "/x"), "shared:"));
}

Test(mount, copied_links)
{
	struct fs_test test = fs_test_begin();
	char text[64] = "";

	fs_test_symlink("/some/where", "/mnt/link");
	bind_at(test, "/mnt/link", KERN_TREE_NOFOLLOW,
		(struct kern_mount){ .destination = "/etc/link", .flags = KERN_MOUNT_COPY_SYMLINK });
	cr_assert_eq(readlink(FS_ROOT "/etc/link", text, sizeof(text)), 11);
	cr_assert_str_eq(text, "/some/where");
	cr_assert_str_eq(fs_test_mount_options(FS_ROOT "/etc/link"), "");
}

Test(mount, tmpcopyup_keeps_what_was_there)
{
	struct fs_test test = fs_test_begin();
	struct stat st;
	char text[16] = "";

	fs_test_mkdir(FS_ROOT "/var");
	fs_test_mkdir(FS_ROOT "/var/sub");
	fs_test_file(FS_ROOT "/var/sub/file", "hello");
	fs_test_symlink(FS_OUTSIDE "/marker", FS_ROOT "/var/link");
	cr_assert_eq(mknod(FS_ROOT "/var/fifo", S_IFIFO | 0640, 0), 0);
	cr_assert_eq(chown(FS_ROOT "/var/sub/file", 12, 34), 0);
	cr_assert_eq(chmod(FS_ROOT "/var/sub/file", 04711), 0);
	cr_assert_eq(chmod(FS_ROOT "/var/sub", 01700), 0);
	tmpfs_at(test, "/var", NULL, KERN_MOUNT_COPY_UP);
	cr_assert_eq(fs_test_magic(FS_ROOT "/var"), TMPFS_MAGIC);
	cr_assert_eq(stat(FS_ROOT "/var/sub/file", &st), 0);
	cr_assert(st.st_uid == 12 && st.st_gid == 34 && (st.st_mode & 07777) == 04711 && st.st_size == 5);
	cr_assert_eq(fs_test_mode(FS_ROOT "/var/sub") & 07777, 01700);
	cr_assert_eq(fs_test_mode(FS_ROOT "/var/fifo"), S_IFIFO | 0640);
	cr_assert_eq(readlink(FS_ROOT "/var/link", text, 5), 5);
	cr_assert_str_eq(text, "/mnt/");
	fs_test_outside_untouched();
}
