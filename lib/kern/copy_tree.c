/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tmpcopyup: what an image holds goes into the tmpfs that is to cover it. Hard links become files of their
 * own. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/mount_special.h"
#include "kern/syscall.h"

enum { DEPTH_MAX = 64, DIRENT_SIZE = 4096, XATTR_LIST = 4096, XATTR_VALUE = 65536 };

struct copy {
	const char *name; /* for messages */
	dev_t device;     /* what is mounted below is not copied */
	unsigned depth;
	struct err *err;
};

static int copy_failed(const struct copy *copy, const char *op, const char *name)
{
	return err_system(copy->err, op, "%s/.../%s (copying up)", copy->name, name);
}

/* An attribute that the new file system, or our privileges, do not take is passed over, as cp(1) does. */
static void copy_xattrs(int from, int to)
{
	char names[XATTR_LIST], value[XATTR_VALUE];
	ssize_t length = flistxattr(from, names, sizeof(names));

	for (ssize_t i = 0; i < length; i += (ssize_t)strlen(names + i) + 1) {
		ssize_t n = fgetxattr(from, names + i, value, sizeof(value));

		if (n >= 0)
			(void)!fsetxattr(to, names + i, value, (size_t)n, 0);
	}
}

/* Owner first: changing it clears setuid and setgid. */
static int copy_metadata(const struct copy *copy, int to, const char *name, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW))
		return copy_failed(copy, "chown", name);
	if (!S_ISLNK(st->st_mode) && fchmodat(to, name, st->st_mode & 07777, 0))
		return copy_failed(copy, "chmod", name);
	if (utimensat(to, name, times, AT_SYMLINK_NOFOLLOW))
		return copy_failed(copy, "utimensat", name);
	return 0;
}

static int copy_file(const struct copy *copy, int from, int to, const char *name)
{
	/* Not blocking, should it be a fifo by now. */
	auto_close int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	auto_close int out = -1;
	struct stat st;
	ssize_t n;

	if (in < 0 || fstat(in, &st))
		return copy_failed(copy, "open", name);
	out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return copy_failed(copy, "create", name);
	do
		n = S_ISREG(st.st_mode) ? sendfile(out, in, NULL, 1 << 30) : 0;
	while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return copy_failed(copy, "copy", name);
	copy_xattrs(in, out);
	return 0;
}

static int copy_link(const struct copy *copy, int from, int to, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);

	if (n < 0)
		return copy_failed(copy, "readlink", name);
	target[n] = '\0';
	return symlinkat(target, to, name) ? copy_failed(copy, "symlink", name) : 0;
}

static int copy_directory(struct copy *copy, int from, int to);

static int copy_below(struct copy *copy, int from, int to, const char *name)
{
	auto_close int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	auto_close int out = -1;
	struct stat st;
	int result;

	if (in < 0 || fstat(in, &st))
		return copy_failed(copy, "open", name);
	if (mkdirat(to, name, 0700))
		return copy_failed(copy, "mkdir", name);
	out = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out < 0)
		return copy_failed(copy, "open", name);
	copy_xattrs(in, out);
	if (st.st_dev != copy->device)
		return 0;
	if (copy->depth == DEPTH_MAX) {
		errno = ENAMETOOLONG;
		return copy_failed(copy, "open", name);
	}
	copy->depth++;
	result = copy_directory(copy, in, out);
	copy->depth--;
	return result;
}

static int copy_entry(struct copy *copy, int from, int to, const char *name)
{
	struct stat st;
	int result;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW))
		return copy_failed(copy, "stat", name);
	if (S_ISDIR(st.st_mode))
		result = copy_below(copy, from, to, name);
	else if (S_ISREG(st.st_mode))
		result = copy_file(copy, from, to, name);
	else if (S_ISLNK(st.st_mode))
		result = copy_link(copy, from, to, name);
	else
		result = mknodat(to, name, st.st_mode, st.st_rdev) ? copy_failed(copy, "mknod", name) : 0;
	return result ? result : copy_metadata(copy, to, name, &st);
}

/* getdents64 and not readdir: no memory is allocated here. */
static int copy_directory(struct copy *copy, int from, int to)
{
	char buf[DIRENT_SIZE] __attribute__((aligned(__alignof__(struct dirent64))));
	ssize_t n;

	while ((n = sys_getdents64(from, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(const void *)(buf + i);

			i += entry->d_reclen;
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (copy_entry(copy, from, to, entry->d_name))
				return -1;
		}
	}
	return n < 0 ? copy_failed(copy, "getdents64", ".") : 0;
}

int kern_copy_tree(int from, int to, const char *name, struct err *err)
{
	struct copy copy = { .name = name, .err = err };
	struct stat st;

	if (fstat(from, &st))
		return err_system(err, "stat", "%s", name);
	copy.device = st.st_dev;
	return copy_directory(&copy, from, to);
}
