/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/path.h"
#include "kern/path_internal.h"
#include "fs_help.h"

static ino_t inode(int fd)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return st.st_ino;
}

static ino_t inode_at(const char *path)
{
	struct stat st;

	cr_assert_eq(lstat(path, &st), 0, "%s: %s", path, strerror(errno));
	return st.st_ino;
}

/* What a path names, asked of openat2 and of the walk: both must say the same. */
struct lookup {
	const char *path;
	int flags;
	const char *is; /* by plain path, or NULL */
	int errnum;
};

static void check_lookup(struct fs_test test, const struct lookup *lookup)
{
	for (int walk = 0; walk < 2; walk++) {
		int fd = walk ? kern_path_walk(test.root, lookup->path, lookup->flags,
					       KERN_PATH_CREATE_NOTHING, NULL)
			      : kern_path_try(test.root, lookup->path, lookup->flags);
		int errnum = errno;

		if (!lookup->is) {
			cr_assert(fd < 0, "%s (%s) is found", lookup->path, walk ? "walk" : "openat2");
			cr_assert_eq(errnum, lookup->errnum, "%s (%s): %s", lookup->path,
				     walk ? "walk" : "openat2", strerror(errnum));
			continue;
		}
		cr_assert(fd >= 0, "%s (%s): %s", lookup->path, walk ? "walk" : "openat2", strerror(errnum));
		cr_assert_eq(inode(fd), inode_at(lookup->is), "%s (%s)", lookup->path,
			     walk ? "walk" : "openat2");
		cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
	}
}

Test(path, links_and_dots_stay_inside)
{
	static const struct lookup lookups[] = {
		{ "/", O_PATH, FS_ROOT },
		{ "..", O_PATH, FS_ROOT },
		{ "/../../..", O_PATH, FS_ROOT },
		{ "/a/b", O_PATH, FS_ROOT "/a/b" },
		{ "a//b/", O_PATH, FS_ROOT "/a/b" },
		{ "a/./b/../b/.", O_PATH, FS_ROOT "/a/b" },
		{ "a/b/../../../../a", O_PATH, FS_ROOT "/a" },
		{ "absolute/b", O_PATH, FS_ROOT "/a/b" },
		{ "a/up/a/b/file", O_RDONLY, FS_ROOT "/a/b/file" },
		{ "absolute", O_PATH, FS_ROOT "/a" },
		{ "absolute", O_PATH | O_NOFOLLOW, FS_ROOT "/absolute" },
		{ "escape", O_PATH, NULL, ENOENT },
		{ "relative-escape", O_PATH, NULL, ENOENT },
		{ "loop", O_PATH, NULL, ELOOP },
		{ "a/b/file/x", O_PATH, NULL, ENOTDIR },
		{ "a/b/file", O_PATH | O_DIRECTORY, NULL, ENOTDIR },
		{ "absolute", O_PATH | O_DIRECTORY | O_NOFOLLOW, NULL, ENOTDIR },
		{ "", O_PATH, NULL, ENOENT },
	};
	struct fs_test test = fs_test_begin();
	size_t fds;

	fs_test_mkdir(FS_ROOT "/a");
	fs_test_mkdir(FS_ROOT "/a/b");
	fs_test_file(FS_ROOT "/a/b/file", "x");
	fs_test_symlink("/a", FS_ROOT "/absolute");
	fs_test_symlink("../../../..", FS_ROOT "/a/up");
	fs_test_symlink(FS_OUTSIDE, FS_ROOT "/escape");
	fs_test_symlink("../outside", FS_ROOT "/relative-escape");
	fs_test_symlink("loop", FS_ROOT "/loop");
	fds = fs_test_open_fds();
	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++)
		check_lookup(test, &lookups[i]);
	cr_assert_eq(fs_test_open_fds(), fds, "a look-up leaves fds open");
}

static void make_both_ways(struct fs_test test, const char *path, unsigned flags, const char *is)
{
	struct kern_path_made made = { 0 };
	int fd = fs_fd(test, kern_path_make(test.root, path, flags, &made, test.err));

	cr_assert(made.made, "%s", path);
	cr_assert_eq(inode(fd), inode_at(is), "%s", path);
	cr_assert_eq(fs_test_mode(is), flags & KERN_PATH_FILE ? S_IFREG | 0644 : S_IFDIR | 0755, "%s", path);
	close(fd);
	fd = fs_fd(test, kern_path_make(test.root, path, flags, &made, test.err));
	cr_assert(!made.made);
	cr_assert_eq(made.mode, fs_test_mode(is));
	close(fd);
}

Test(path, missing_targets_are_made)
{
	struct fs_test test = fs_test_begin();
	size_t fds = fs_test_open_fds();

	make_both_ways(test, "/proc", 0, FS_ROOT "/proc");
	make_both_ways(test, "/a/b/c", 0, FS_ROOT "/a/b/c");
	make_both_ways(test, "a/b/file", KERN_PATH_FILE, FS_ROOT "/a/b/file");
	make_both_ways(test, "/x/y/file", KERN_PATH_FILE, FS_ROOT "/x/y/file");
	make_both_ways(test, "/d/../e/", 0, FS_ROOT "/e");
	cr_assert_eq(fs_test_open_fds(), fds);
}

Test(path, P5_links_to_outside_make_nothing_there)
{
	struct fs_test test = fs_test_begin();

	fs_test_symlink(FS_OUTSIDE, FS_ROOT "/absolute");
	fs_test_symlink("../outside", FS_ROOT "/relative");
	make_both_ways(test, "/absolute/sub", 0, FS_ROOT FS_OUTSIDE "/sub");
	make_both_ways(test, "/relative/sub/file", KERN_PATH_FILE, FS_ROOT "/outside/sub/file");
	fs_test_outside_untouched();
}

Test(path, P6_dangling_links_are_followed)
{
	struct fs_test test = fs_test_begin();

	fs_test_symlink("/nowhere/dir", FS_ROOT "/component");
	fs_test_symlink("gone", FS_ROOT "/last");
	fs_test_symlink("/gone/file", FS_ROOT "/file");
	make_both_ways(test, "/component/x", 0, FS_ROOT "/nowhere/dir/x");
	make_both_ways(test, "/last", 0, FS_ROOT "/gone");
	make_both_ways(test, "/file", KERN_PATH_FILE, FS_ROOT "/gone/file");
	fs_test_outside_untouched();
}

Test(path, refused_link_is_named)
{
	struct fs_test test = fs_test_begin();

	fs_test_mkdir(FS_ROOT "/real");
	fs_test_symlink("/real", FS_ROOT "/proc");
	cr_assert(kern_path_make(test.root, "/proc", KERN_PATH_REFUSE_LINK, NULL, test.err) < 0);
	cr_assert_str_eq(test.err->object, "/proc");
	cr_assert(strstr(test.err->message, "not a symbolic link"));
}

Test(path, dangling_refused_link_makes_nothing)
{
	struct fs_test test = fs_test_begin();

	fs_test_symlink(FS_OUTSIDE "/new", FS_ROOT "/sys");
	cr_assert(kern_path_make(test.root, "/sys", KERN_PATH_REFUSE_LINK, NULL, test.err) < 0);
	cr_assert(strstr(test.err->message, "not a symbolic link"), "%s", fs_test_error(test.err));
	fs_test_outside_untouched();
}

Test(path, R4_search_permission_is_enough)
{
	struct fs_test test = fs_test_begin();
	int status;
	pid_t pid;

	fs_test_mkdir(FS_ROOT "/a");
	fs_test_mkdir(FS_ROOT "/a/b");
	cr_assert_eq(chmod(FS_ROOT "/a", 0711), 0);
	cr_assert_eq(chmod(FS_ROOT "/a/b", 0777), 0);
	pid = fork();
	if (pid == 0) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(9);
		_exit(kern_path_make(test.root, "/a/b/c/d", 0, NULL, test.err) < 0 ||
		      kern_path_walk(test.root, "/a/b/c/d", O_PATH, KERN_PATH_CREATE_NOTHING, NULL) < 0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0);
}

/* CVE-2021-30465, CVE-2024-45310: a name goes back and forth between a directory and a link to the outside.
 */
Test(path, P7_exchanged_names_never_lead_out)
{
	struct fs_test test = fs_test_begin();
	struct stat outside, st;
	pid_t pid;

	fs_test_mkdir(FS_ROOT "/dir");
	fs_test_symlink(FS_OUTSIDE, FS_ROOT "/link");
	fs_test_mkdir(FS_ROOT "/mnt");
	fs_test_mkdir(FS_ROOT FS_OUTSIDE);
	cr_assert_eq(stat(FS_OUTSIDE, &outside), 0);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 2000000; i++)
			syscall(SYS_renameat2, test.root, "dir", test.root, "link", 2 /* RENAME_EXCHANGE */);
		_exit(0);
	}
	for (int i = 0; i < 500; i++) {
		char path[64];
		struct err err = { 0 };
		int fd;

		snprintf(path, sizeof(path), "/dir/%d/x", i);
		fd = kern_path_make(test.root, path, i & 1 ? KERN_PATH_FILE : 0, NULL, &err);
		if (fd >= 0)
			close(fd);
		fd = kern_path_walk(test.root, "/dir/..", O_PATH, KERN_PATH_CREATE_NOTHING, NULL);
		if (fd >= 0 && fstat(fd, &st) == 0)
			cr_assert(st.st_ino != outside.st_ino);
		close(fd);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fs_test_outside_untouched();
}

Test(path, parent_is_remembered)
{
	struct fs_test test = fs_test_begin();
	struct kern_parent parent = KERN_PARENT_NONE;
	int first;

	fs_ok(test, kern_parent_open(&parent, test.root, "/dev/null", test.err));
	cr_assert_str_eq(parent.name, "null");
	first = parent.fd;
	cr_assert_eq(inode(first), inode_at(FS_ROOT "/dev"));
	fs_ok(test, kern_parent_open(&parent, test.root, "/dev/zero", test.err));
	cr_assert_eq(parent.fd, first);
	cr_assert_str_eq(parent.name, "zero");
	fs_ok(test, kern_parent_open(&parent, test.root, "file", test.err));
	cr_assert_eq(inode(parent.fd), inode_at(FS_ROOT));
	cr_assert(kern_parent_open(&parent, test.root, "/dev/..", test.err) < 0);
	kern_parent_close(&parent);
}
