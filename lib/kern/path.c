/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/path.h"
#include "kern/path_internal.h"
#include "kern/syscall.h"

enum { AGAIN_TRIES = 128, AGAIN_MSEC = 50 };

static int64_t now_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int open_in_root(int root, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return sys_openat2(root, path, &how);
}

/*
 * A rename or mount anywhere on the system while ".." or a link is resolved
 * makes openat2 give up with EAGAIN. Under load that happens often.
 */
static int open_again(int root, const char *path, int flags)
{
	int64_t deadline = now_msec() + AGAIN_MSEC;
	int fd = -1;

	for (int tries = 0; tries < AGAIN_TRIES || now_msec() < deadline; tries++) {
		fd = open_in_root(root, path, flags);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

int kern_path_try(int root, const char *path, int flags)
{
	int fd = open_in_root(root, path, flags);

	if (fd < 0 && errno == EAGAIN)
		fd = open_again(root, path, flags);
	/* EPERM: a seccomp profile that is older than openat2 (Linux 5.6). */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
		fd = kern_path_walk(root, path, flags, KERN_PATH_CREATE_NOTHING, NULL);
	return fd;
}

int kern_path_open(int root, const char *path, int flags, struct err *err)
{
	int fd = kern_path_try(root, path, flags);

	return fd < 0 ? err_system(err, "open", "%s", path) : fd;
}

/* Cut path into its directory (a length; 0: the root) and the last name. EINVAL when that is ".", ".." or
 * none. */
static int split(const char *path, size_t *directory, char name[static NAME_MAX + 1])
{
	size_t end = strlen(path), start;

	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	if (end - start > NAME_MAX || start >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, path + start, end - start);
	name[end - start] = '\0';
	if (!name[0] || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		errno = EINVAL;
		return -1;
	}
	*directory = start;
	return 0;
}

/* Open the first `length` bytes of path, a directory; create: what is missing is made. */
static int open_directory(int root, const char *path, size_t length, bool create)
{
	char text[PATH_MAX];
	int fd;

	memcpy(text, length ? path : "/", length ? length : 1);
	text[length ? length : 1] = '\0';
	fd = kern_path_try(root, text, O_PATH | O_DIRECTORY);
	if (fd < 0 && errno == ENOENT && create)
		fd = kern_path_walk(root, text, O_PATH | O_DIRECTORY, KERN_PATH_CREATE_DIRECTORY, NULL);
	return fd;
}

static bool is_remembered(const struct kern_parent *last, const char *path, size_t length)
{
	return last->fd >= 0 && last->length == length && memcmp(last->path, path, length) == 0;
}

static void remember(struct kern_parent *last, int fd, const char *path, size_t length)
{
	kern_parent_close(last);
	last->fd = fd;
	last->length = length;
	memcpy(last->path, path, length);
}

/*
 * The ordinary case of a missing target: its directory is there and the name
 * is free. -1 and EAGAIN when it is not so plain.
 */
static int make_below_parent(struct kern_parent *last, int root, const char *path, bool file)
{
	size_t length;
	int parent;

	if (split(path, &length, last->name)) {
		errno = EAGAIN;
		return -1;
	}
	if (!is_remembered(last, path, length)) {
		parent = open_directory(root, path, length, false);
		if (parent < 0) {
			errno = EAGAIN;
			return -1;
		}
		remember(last, parent, path, length);
	}
	if (file ? mknodat(last->fd, last->name, S_IFREG | 0644, 0) : mkdirat(last->fd, last->name, 0755)) {
		if (errno == EEXIST)
			errno = EAGAIN;
		return -1;
	}
	return openat(last->fd, last->name, O_PATH | O_NOFOLLOW | O_CLOEXEC | (file ? 0 : O_DIRECTORY));
}

static int open_flags_of(unsigned flags)
{
	if (flags & KERN_PATH_REFUSE_LINK)
		return O_PATH | O_NOFOLLOW | O_DIRECTORY;
	return flags & KERN_PATH_NOFOLLOW ? O_PATH | O_NOFOLLOW : O_PATH;
}

static int make(struct kern_parent *last, int root, const char *path, unsigned flags, bool *made)
{
	bool file = flags & KERN_PATH_FILE;
	int fd = make_below_parent(last, root, path, file);

	if (fd >= 0) {
		*made = true;
		return fd;
	}
	if (errno != EAGAIN)
		return -1;
	return kern_path_walk(root, path, open_flags_of(flags),
			      file ? KERN_PATH_CREATE_FILE : KERN_PATH_CREATE_DIRECTORY, made);
}

static int make_failed(const char *path, unsigned flags, struct err *err)
{
	int errnum = errno;

	if ((flags & KERN_PATH_REFUSE_LINK) && (errno == ENOTDIR || errno == ELOOP)) {
		err_set(err, ERR_SYSTEM, "mount",
			"must be mounted on a directory that is not a symbolic link");
		err_object(err, "%s", path);
		errno = errnum;
		return -1;
	}
	err_system(err, "make mount point", "%s", path);
	if (errnum == EROFS)
		err_hint(err,
			 "the file system below it is read-only: make %s in the root file system beforehand",
			 path);
	else if (errnum == ENOENT)
		err_hint(err, "nothing can be made in proc and other file systems of the kernel's");
	errno = errnum;
	return -1;
}

/* What stands beside the last target that was made is not there either, as a rule: made without a look. */
static int open_or_make(struct kern_parent *last, int root, const char *path, unsigned flags, bool *is_made)
{
	int fd = -1;
	size_t length;

	if (split(path, &length, last->name) == 0 && is_remembered(last, path, length))
		fd = make_below_parent(last, root, path, flags & KERN_PATH_FILE);
	*is_made = fd >= 0;
	if (fd < 0)
		fd = kern_path_try(root, path, open_flags_of(flags));
	if (fd < 0 && errno == ENOENT)
		fd = make(last, root, path, flags, is_made);
	return fd;
}

int kern_path_make(int root, const char *path, unsigned flags, struct kern_path_made *made, struct err *err)
{
	__attribute__((cleanup(kern_parent_close))) struct kern_parent none = KERN_PARENT_NONE;
	struct kern_parent *last = made && made->beside ? made->beside : &none;
	bool is_made;
	struct stat st;
	int fd = open_or_make(last, root, path, flags, &is_made);

	if (fd < 0)
		return make_failed(path, flags, err);
	if (!is_made)
		kern_parent_close(last);
	if (made) {
		made->made = is_made;
		made->mode = 0;
		if (!is_made && !made->without_mode && fstat(fd, &st) == 0)
			made->mode = st.st_mode;
	}
	return fd;
}

int kern_parent_open(struct kern_parent *last, int root, const char *path, struct err *err)
{
	size_t length;
	int fd;

	if (split(path, &length, last->name))
		return err_system(err, "open", "%s", path);
	if (is_remembered(last, path, length))
		return 0;
	fd = open_directory(root, path, length, true);
	if (fd < 0)
		return err_system(err, "open", "directory of %s", path);
	remember(last, fd, path, length);
	return 0;
}

void kern_parent_close(struct kern_parent *last)
{
	leave_fd(last->fd);
	last->fd = -1;
	last->plain_mode = 0;
	last->has_own_fds = false;
}
