/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/device.h"
#include "kern/mount.h"
#include "kern/path.h"
#include "kern/syscall.h"

static bool matches(const struct kern_device *device, const struct stat *st)
{
	if ((st->st_mode & S_IFMT) != (device->mode & S_IFMT))
		return false;
	return S_ISFIFO(st->st_mode) || st->st_rdev == makedev(device->major, device->minor);
}

static int other_file(const struct kern_device *device, const struct stat *st, struct err *err)
{
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		err_set(err, ERR_SYSTEM, "device", "there is a %s device %u:%u already, not %u:%u",
			S_ISCHR(st->st_mode) ? "character" : "block", major(st->st_rdev), minor(st->st_rdev),
			device->major, device->minor);
	else
		err_set(err, ERR_SYSTEM, "device", "there is something else already");
	errno = EEXIST;
	return err_object(err, "%s", device->path);
}

/* By the fd: a name could have become a link to a file of the host. */
static int set_mode(int fd, mode_t mode)
{
	char path[32];

	if (sys_fchmodat2(fd, "", mode, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return chmod(path, mode);
}

/*
 * Mode and owner of a node that was there already. It is held by an fd and
 * checked on it, so that they never go to a file put in its place.
 */
static int adopt(const struct kern_device *device, int parent, const char *name, struct err *err)
{
	auto_close int fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return err_system(err, "open", "%s", device->path);
	if (!matches(device, &st))
		return other_file(device, &st, err);
	if ((st.st_uid != device->uid || st.st_gid != device->gid) &&
	    fchownat(fd, "", device->uid, device->gid, AT_EMPTY_PATH))
		return err_system(err, "chown", "%s", device->path);
	if ((st.st_mode & 07777) != (device->mode & 07777) && set_mode(fd, device->mode & 07777))
		return err_system(err, "chmod", "%s", device->path);
	return 0;
}

int kern_device_make(struct kern_parent *last, int root, const struct kern_device *device, struct err *err)
{
	struct stat st;

	if (kern_parent_open(last, root, device->path, err))
		return -1;
	if (mknodat(last->fd, last->name, device->mode, makedev(device->major, device->minor))) {
		if (errno == EEXIST)
			return adopt(device, last->fd, last->name, err);
		err_system(err, "mknod", "%s", device->path);
		if (err->errnum == EPERM)
			err_hint(err, "making devices needs CAP_MKNOD in the initial user namespace");
		return -1;
	}
	if (device->mode == last->plain_mode && !device->uid && !device->gid)
		return 0;
	/* One look a directory tells whether umask, an ACL or a setgid bit had a say. */
	if (fstatat(last->fd, last->name, &st, AT_SYMLINK_NOFOLLOW))
		return err_system(err, "stat", "%s", device->path);
	if (st.st_mode == device->mode && st.st_uid == device->uid && st.st_gid == device->gid) {
		last->plain_mode = device->uid || device->gid ? 0 : device->mode;
		return 0;
	}
	return adopt(device, last->fd, last->name, err);
}

int kern_device_bind(int root, const struct kern_device *device, int node, struct err *err)
{
	static const struct kern_mount_attr attr = { .set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC };
	auto_leave int own = -1, target = -1;
	struct stat st;

	if (node < 0)
		node = own = kern_mount_tree_open(AT_FDCWD, device->path, KERN_TREE_NOFOLLOW, err);
	if (node < 0)
		return -1;
	if (fstat(node, &st))
		return err_system(err, "stat", "%s", device->path);
	if (!matches(device, &st)) {
		other_file(device, &st, err);
		return err_hint(err,
				"here devices are bound from the host, and the host's %s is not this one",
				device->path);
	}
	/* Over a link of the image's, not over what it leads to. */
	target = kern_path_make(root, device->path, KERN_PATH_FILE | KERN_PATH_NOFOLLOW, NULL, err);
	if (target < 0)
		return -1;
	return kern_mount_attach(node, target, device->path, &attr, err);
}

static bool same_link(int parent, const char *name, const char *target)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(parent, name, text, sizeof(text));

	return n >= 0 && (size_t)n == strlen(target) && memcmp(text, target, (size_t)n) == 0;
}

/* Whether the link would lead somewhere: a relative target starts at the link's own directory. */
static bool target_exists(struct kern_parent *last, int root, const struct kern_link *link)
{
	static const char own[] = "/proc/self/fd";
	size_t own_length = sizeof(own) - 1;
	bool is_own = strncmp(link->target, own, own_length) == 0 &&
		      (!link->target[own_length] || link->target[own_length] == '/');
	const char *slash = strrchr(link->path, '/');
	size_t length = link->target[0] == '/' || !slash ? 0 : (size_t)(slash - link->path + 1);
	char path[PATH_MAX];
	int fd;

	/* 0, 1 and 2 in it are open wherever it is itself. */
	if (is_own && last->has_own_fds)
		return true;
	if (length + strlen(link->target) >= sizeof(path))
		return false;
	memcpy(path, link->path, length);
	memcpy(path + length, link->target, strlen(link->target) + 1);
	fd = kern_path_try(root, path, O_PATH);
	/* "/proc/self/fd" leads through procfs's own links: refused (ELOOP, EXDEV) means that it is there. */
	if (fd < 0)
		return errno == ELOOP || errno == EXDEV;
	leave_fd(fd);
	last->has_own_fds = is_own;
	return true;
}

int kern_device_link(struct kern_parent *last, int root, const struct kern_link *link, struct err *err)
{
	if ((link->flags & KERN_LINK_IF_TARGET) && !target_exists(last, root, link))
		return 0;
	if (kern_parent_open(last, root, link->path, err))
		return -1;
	if (symlinkat(link->target, last->fd, last->name) == 0)
		return 0;
	if (errno != EEXIST)
		return err_system(err, "symlink", "%s", link->path);
	if (!(link->flags & (KERN_LINK_REPLACE | KERN_LINK_EXACT)) ||
	    same_link(last->fd, last->name, link->target))
		return 0;
	if (link->flags & KERN_LINK_EXACT) {
		errno = EEXIST;
		return err_system(err, "symlink", "%s", link->path);
	}
	if (unlinkat(last->fd, last->name, 0))
		return err_system(err, "unlink", "%s", link->path);
	if (symlinkat(link->target, last->fd, last->name))
		return err_system(err, "symlink", "%s", link->path);
	return 0;
}
