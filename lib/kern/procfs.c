/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/procfs.h"
#include "kern/syscall.h"

enum { PROC_ROOT_INODE = 1, PATH_SIZE = 512 };

/* Raw calls: here a refusal is an answer, not an error to be explained. */
static int open_new(void)
{
	auto_close int context = fsopen("proc", FSOPEN_CLOEXEC);

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -1;
	return fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* A private copy of /proc without what is mounted below it; where that is refused (locked mounts), /proc
 * itself. */
static int open_existing(struct err *err)
{
	auto_close int fd =
		open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		fd = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs) || fstat(fd, &st))
		return err_system(err, "open", "/proc");
	if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != PROC_ROOT_INODE) {
		err_set(err, ERR_UNSUPPORTED, "open", "is not the root of a procfs");
		return err_object(err, "/proc");
	}
	return take_fd(&fd);
}

int kern_procfs_open(struct err *err)
{
	int fd = open_new();

	return fd >= 0 ? fd : open_existing(err);
}

static int open_below(int proc, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)(flags | O_NOFOLLOW | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	for (int tries = 0; tries < 128; tries++) {
		fd = sys_openat2(proc, path, &how);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

/* Without openat2: one component at a time; each must be on the mount we started on. */
static int open_below_fallback(int proc, const char *path, int flags)
{
	auto_close int at = openat(proc, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[NAME_MAX + 1];
	struct statx from, to;

	if (at < 0 || statx(at, "", AT_EMPTY_PATH, STATX_MNT_ID, &from))
		return -1;
	while (true) {
		size_t length = strcspn(path, "/");
		bool last = !path[length];
		int next;

		if (!length || length > NAME_MAX || (length == 2 && path[0] == '.' && path[1] == '.')) {
			errno = EINVAL;
			return -1;
		}
		memcpy(name, path, length);
		name[length] = '\0';
		next = openat(at, name, O_NOFOLLOW | O_CLOEXEC | (last ? flags : O_PATH | O_DIRECTORY));
		if (next < 0 || statx(next, "", AT_EMPTY_PATH, STATX_MNT_ID, &to)) {
			close_keep_errno(next);
			return -1;
		}
		if (to.stx_mnt_id != from.stx_mnt_id) {
			close(next);
			errno = EXDEV;
			return -1;
		}
		close(at);
		at = next;
		if (last)
			return take_fd(&at);
		path += length + 1;
	}
}

int kern_procfs_open_file(int proc, const char *path, int flags, struct err *err)
{
	int fd = open_below(proc, path, flags);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open_below_fallback(proc, path, flags);
	if (fd >= 0)
		return fd;
	err_system(err, "open", "/proc/%s", path);
	if (err->errnum == EXDEV || err->errnum == ELOOP)
		err_hint(err, "something is mounted over it, or it is a link: not followed");
	return -1;
}

int kern_procfs_write(int proc, const char *path, const char *value, struct err *err)
{
	auto_close int fd = kern_procfs_open_file(proc, path, O_WRONLY, err);
	size_t length = strlen(value);

	if (fd < 0)
		return -1;
	if (write(fd, value, length) != (ssize_t)length)
		return err_system(err, "write", "\"%s\" to /proc/%s", value, path);
	return 0;
}

ssize_t kern_procfs_read(int proc, const char *path, char *buf, size_t size, struct err *err)
{
	auto_close int fd = kern_procfs_open_file(proc, path, O_RDONLY, err);
	size_t length = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (n > 0 && length < size - 1) {
		n = read(fd, buf + length, size - 1 - length);
		if (n < 0)
			return err_system(err, "read", "/proc/%s", path);
		length += (size_t)n;
	}
	if (length && buf[length - 1] == '\n')
		length--;
	buf[length] = '\0';
	return (ssize_t)length;
}

int kern_procfs_write_self(int proc, const char *file, const char *value, struct err *err)
{
	char path[PATH_SIZE];
	ssize_t n = readlinkat(proc, "self", path, sizeof(path) / 2);

	if (n < 0)
		return err_system(err, "readlink", "/proc/self");
	if (snprintf(path + n, sizeof(path) - (size_t)n, "/%s", file) >= (int)(sizeof(path) - (size_t)n)) {
		errno = ENAMETOOLONG;
		return err_system(err, "open", "/proc/self/%s", file);
	}
	return kern_procfs_write(proc, path, value, err);
}

int kern_procfs_write_pid(int proc, pid_t pid, const char *file, const char *value, struct err *err)
{
	char path[PATH_SIZE];

	if (snprintf(path, sizeof(path), "%d/%s", (int)pid, file) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return err_system(err, "open", "/proc/%d/%s", (int)pid, file);
	}
	return kern_procfs_write(proc, path, value, err);
}

/* The path below sys/ that a key names; sysctl(8): in the form with dots a slash stands for a dot in a name.
 */
static int sysctl_path(const char *key, char path[static PATH_SIZE])
{
	size_t first = strcspn(key, "./");
	bool dots = key[first] != '/';
	int n = snprintf(path, PATH_SIZE, "sys/%s", key);

	if (!key[0] || key[0] == '/' || n >= PATH_SIZE || key[strlen(key) - 1] == '/')
		return -1;
	for (char *p = path + 4; dots && *p; p++) {
		if (*p == '.')
			*p = '/';
		else if (*p == '/')
			*p = '.';
	}
	for (const char *p = path + 4; p; p = strchr(p, '/')) {
		size_t length;

		p += *p == '/';
		length = strcspn(p, "/");
		if (!length || (length == 1 && p[0] == '.') || (length == 2 && p[0] == '.' && p[1] == '.'))
			return -1;
	}
	return 0;
}

int kern_procfs_sysctl(int proc, const char *key, const char *value, struct err *err)
{
	char path[PATH_SIZE];

	if (sysctl_path(key, path)) {
		err_set(err, ERR_SPEC, "sysctl", "is not the name of a kernel parameter");
		return err_object(err, "%s", key);
	}
	return kern_procfs_write(proc, path, value, err);
}
