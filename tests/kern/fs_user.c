/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same in a user namespace, where much is refused, and where system calls are refused by a seccomp
 * filter. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/constants.h"
#include "kern/device.h"
#include "kern/mask.h"
#include "kern/mount.h"
#include "kern/mount_special.h"
#include "kern/ns.h"
#include "kern/path.h"
#include "kern/procfs.h"
#include "kern/root.h"
#include "fs_help.h"

/* A child that is root of a new user namespace and a new mount namespace does the work; it must succeed. */
static void as_container_root(struct fs_test test, void (*work)(struct fs_test test, int tree), int tree)
{
	int proc = fs_fd(test, kern_procfs_open(test.err));
	int ns = fs_fd(test, kern_ns_user_create(proc, "0 0 100000\n", "0 0 100000\n", test.err));
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		fs_ok(test, kern_ns_join(ns, CLONE_NEWUSER, test.err));
		fs_ok(test, kern_ns_unshare(CLONE_NEWNS, test.err));
		fs_ok(test, kern_root_propagation(MS_SLAVE | MS_REC, test.err));
		/* The old fd is of the mount namespace that was left. */
		test.root = open(FS_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
		work(test, tree);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0);
}

static void pivot_here(struct fs_test test, int tree)
{
	static const struct kern_fs fs = { .type = "tmpfs", .data = "mode=755" };
	static const struct kern_device null = {
		.path = "/dev/null", .mode = S_IFCHR | 0666, .major = 1, .minor = 3
	};
	const struct kern_mount mount = { .destination = "/dev", .fs = &fs };
	struct kern_masks masks = KERN_MASKS_NONE;

	fs_ok(test, kern_root_attach(tree, FS_ROOT, false, test.err));
	fs_ok(test, kern_mount_at(tree, &mount, test.err));
	fs_ok(test, kern_device_bind(tree, &null, -1, test.err));
	fs_ok(test, kern_mask_path(&masks, tree, "/secret", test.err));
	fs_ok(test, kern_mask_readonly(tree, "/dir", test.err));
	fs_ok(test, kern_root_pivot(tree, false, test.err));
	fs_assert(S_ISCHR(fs_test_mode("/dev/null")) && S_ISCHR(fs_test_mode("/secret")));
	fs_assert(mkdir("/dir/x", 0700) < 0 && errno == EROFS);
}

Test(user, tree_of_the_parent_becomes_root)
{
	struct fs_test test = fs_test_begin();
	int tree;

	fs_test_mkdir(FS_ROOT "/dir");
	fs_test_file(FS_ROOT "/secret", "secret");
	tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, FS_ROOT, KERN_TREE_RECURSIVE, test.err));
	/* P16: and its path cannot be searched from in there. */
	cr_assert_eq(chmod("/mnt", 0700), 0);
	cr_assert_eq(chown("/mnt", 200000, 200000), 0);
	as_container_root(test, pivot_here, tree);
}

static void mount_sys(struct fs_test test, int tree)
{
	static const struct kern_fs fs = { .type = "sysfs" };
	struct kern_mount mount = { .destination = "/sys", .fs = &fs };
	struct err err = { 0 };

	(void)tree;
	fs_assert(kern_mount_at(test.root, &mount, &err) < 0);
	fs_assert(err.errnum == EPERM);
	fs_assert(strstr(err.hint, "network namespace"));
	mount.flags = KERN_MOUNT_SYS_BIND;
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	fs_assert(fs_test_magic(FS_ROOT "/sys") == SYSFS_MAGIC);
	/* R6: and read-only. */
	fs_assert(fs_test_has_option(FS_ROOT "/sys", "ro"));
}

static void overlay(struct fs_test test, int tree)
{
	/* One that surely has no mounts below it: the test kernels have one in /usr. */
	const char *lower[] = { "/mnt/lower", NULL };
	struct kern_mount mount = { .destination = "/merged" };

	(void)tree;
	mount.tree = fs_fd(test, kern_mount_overlay(lower, NULL, NULL, test.err));
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	fs_test_file(FS_ROOT "/merged/new", "x");
}

static void procfs(struct fs_test test, int tree)
{
	char text[64];
	int proc;

	(void)tree;
	/* No pid namespace of our own: a new procfs is refused, the old one is taken. */
	proc = fs_fd(test, kern_procfs_open(test.err));
	fs_assert(kern_procfs_read(proc, "sys/kernel/ostype", text, sizeof(text), test.err) > 0);
	fs_ok(test, kern_procfs_write_self(proc, "comm", "inside", test.err));
}

Test(user, sysfs_without_a_network_namespace)
{
	as_container_root(fs_test_begin(), mount_sys, -1);
}

Test(user, overlay)
{
	struct fs_test test = fs_test_begin();

	fs_test_mkdir("/mnt/lower");
	as_container_root(test, overlay, -1);
}

Test(user, procfs)
{
	as_container_root(fs_test_begin(), procfs, -1);
}

/* From now on system call `number` fails with errnum, as under a profile that does not know it. */
static void refuse(int number, unsigned errnum)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | errnum),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = 4, .filter = filter };

	cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void without_openat2(unsigned errnum)
{
	struct fs_test test = fs_test_begin();
	static const struct kern_fs fs = { .type = "tmpfs" };
	const struct kern_mount entry = { .destination = "/link/a", .fs = &fs };
	int proc = fs_fd(test, kern_procfs_open(test.err));
	struct err err = { 0 };
	char text[64];

	fs_test_symlink(FS_OUTSIDE, FS_ROOT "/link");
	refuse(SYS_openat2, errnum);
	fs_ok(test, kern_mount_at(test.root, &entry, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT FS_OUTSIDE "/a"), TMPFS_MAGIC);
	fs_test_outside_untouched();
	cr_assert(kern_procfs_read(proc, "sys/kernel/ostype", text, sizeof(text), test.err) > 0);
	cr_assert_str_eq(text, "Linux");
	cr_assert(kern_procfs_open_file(proc, "self/status", O_RDONLY, &err) < 0);
	err = (struct err){ 0 };
	cr_assert(kern_procfs_open_file(proc, "../etc/passwd", O_RDONLY, &err) < 0);
	/* P12 by the same rule: what is mounted over it is noticed. */
	proc = open("/proc", O_PATH | O_CLOEXEC);
	cr_assert_eq(mount("/etc/passwd", "/proc/sys/kernel/ostype", NULL, MS_BIND, NULL), 0);
	err = (struct err){ 0 };
	cr_assert(kern_procfs_read(proc, "sys/kernel/ostype", text, sizeof(text), &err) < 0);
	cr_assert_eq(err.errnum, EXDEV);
}

Test(refused, P17_openat2_enosys)
{
	without_openat2(ENOSYS);
}

Test(refused, P17_openat2_eperm)
{
	without_openat2(EPERM);
}

Test(refused, P18_openat2_always_eagain)
{
	struct fs_test test = fs_test_begin();
	int fd;

	refuse(SYS_openat2, EAGAIN);
	fd = fs_fd(test, kern_path_make(test.root, "/a/b", 0, NULL, test.err));
	close(fd);
	cr_assert(S_ISDIR(fs_test_mode(FS_ROOT "/a/b")));
}

Test(refused, R7_mount_setattr)
{
	struct fs_test test = fs_test_begin();
	struct kern_mount mount = { .destination = "/x", .attr = { .set = MOUNT_ATTR_RDONLY } };
	struct err err = { 0 };

	fs_test_mkdir("/mnt/source");
	refuse(SYS_mount_setattr, ENOSYS);
	mount.tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, "/mnt/source", 0, test.err));
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "ro"));
	fs_ok(test, kern_mask_readonly(test.root, "/x", test.err));
	mount.tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, "/mnt/source", 0, test.err));
	mount.attr = (struct kern_mount_attr){ .set_recursive = MOUNT_ATTR_RDONLY };
	cr_assert(kern_mount_at(test.root, &mount, &err) < 0);
	cr_assert_str_eq(err.message, "recursive mount options need Linux 5.12");
}

Test(refused, R7_fsopen)
{
	struct fs_test test = fs_test_begin();
	static const struct kern_fs fs = { .type = "tmpfs", .data = "size=64k" };
	const struct kern_mount mount = { .destination = "/x",
					  .fs = &fs,
					  .attr = { .set = MOUNT_ATTR_NOSUID } };

	refuse(SYS_fsopen, ENOSYS);
	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
	cr_assert(fs_test_has_option(FS_ROOT "/x", "nosuid") && fs_test_has_option(FS_ROOT "/x", "size=64k"));
	close(fs_fd(test, kern_procfs_open(test.err)));
}
