/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/mount.h"
#include "kern/procfs.h"
#include "kern/root.h"
#include "fs_help.h"

static size_t mount_count(struct fs_test test, int proc)
{
	char text[8192], path[64];
	size_t lines = 1;

	snprintf(path, sizeof(path), "%d/mountinfo", (int)getpid());
	cr_assert(kern_procfs_read(proc, path, text, sizeof(text), test.err) > 0, "%s",
		  fs_test_error(test.err));
	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	return lines;
}

/* Attach and pivot in every form; afterwards only the container's root is left. */
static void pivot(const char *path, bool keep_peers, bool no_pivot)
{
	struct fs_test test = fs_test_begin();
	int proc = fs_fd(test, kern_procfs_open(test.err));
	char cwd[64];
	int tree;

	fs_test_file(FS_ROOT "/inside", "");
	if (keep_peers)
		fs_ok(test, kern_root_propagation(MS_SHARED | MS_REC, test.err));
	tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, FS_ROOT, KERN_TREE_RECURSIVE, test.err));
	fs_ok(test, kern_root_attach(tree, path, keep_peers, test.err));
	cr_assert(fs_test_mode("/mnt/outside/marker"), "the host's files are still in sight for hooks");
	fs_ok(test, kern_root_pivot(tree, no_pivot, test.err));
	cr_assert(fs_test_mode("/inside"));
	cr_assert(!fs_test_mode("/mnt/outside/marker") && !fs_test_mode("/../mnt"));
	cr_assert_str_eq(getcwd(cwd, sizeof(cwd)), "/");
	cr_assert(no_pivot || mount_count(test, proc) == 1);
	fs_ok(test, kern_root_readonly(tree, test.err));
	cr_assert(mkdir("/x", 0700) < 0 && errno == EROFS);
	fs_ok(test, kern_root_propagation(MS_SHARED, test.err));
}

Test(root, at_its_path)
{
	pivot(FS_ROOT, false, false);
}

Test(root, over_slash)
{
	pivot(NULL, false, false);
}

Test(root, peers_kept)
{
	pivot(FS_ROOT, true, false);
}

Test(root, no_pivot)
{
	pivot(FS_ROOT, false, true);
}

Test(root, no_pivot_over_slash)
{
	pivot(NULL, false, true);
}

Test(root, nothing_propagates_to_the_host)
{
	struct fs_test test = fs_test_begin();
	static const struct kern_fs fs = { .type = "tmpfs" };
	const struct kern_mount mount_x = { .destination = "/x", .fs = &fs };
	int host, tree;

	/* A host as systemd makes it: everything is shared. */
	fs_ok(test, kern_root_propagation(MS_SHARED | MS_REC, test.err));
	host = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	tree = fs_fd(test, kern_mount_tree_open(AT_FDCWD, FS_ROOT, KERN_TREE_RECURSIVE, test.err));
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	fs_ok(test, kern_root_propagation(MS_SLAVE | MS_REC, test.err));
	fs_ok(test, kern_root_attach(tree, FS_ROOT, false, test.err));
	fs_ok(test, kern_mount_at(tree, &mount_x, test.err));
	fs_ok(test, kern_root_pivot(tree, false, test.err));
	cr_assert_eq(setns(host, CLONE_NEWNS), 0);
	cr_assert_str_eq(fs_test_mount_options(FS_ROOT), "");
	cr_assert_str_eq(fs_test_mount_options(FS_ROOT "/x"), "");
}
