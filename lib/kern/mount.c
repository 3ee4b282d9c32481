/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/statfs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"
#include "kern/syscall.h"

int kern_mount_tree_open(int dirfd, const char *path, unsigned flags, struct err *err)
{
	unsigned open_flags = OPEN_TREE_CLONE;
	int errnum, fd;

	if (flags & KERN_TREE_RECURSIVE)
		open_flags |= AT_RECURSIVE;
	if (flags & KERN_TREE_NOFOLLOW)
		open_flags |= AT_SYMLINK_NOFOLLOW;
	if (!path[0])
		open_flags |= AT_EMPTY_PATH;
	fd = open_tree(dirfd, path, open_flags | OPEN_TREE_CLOEXEC);
	if (fd >= 0)
		return fd;
	errnum = errno;
	if (kern_mount_stage_may_help(errnum))
		return kern_mount_stage_tree(dirfd, path, flags, err);
	err_system(err, "open_tree", "%s", path);
	if (errnum == EINVAL && (flags & KERN_TREE_RECURSIVE))
		err_hint(err, "the source is on an unbindable mount, or on one of another mount namespace");
	else if (errnum == EINVAL)
		err_hint(err,
			 "the source is on an unbindable mount or on one of another mount namespace, or has "
			 "locked mounts below it that a user namespace may not uncover: use rbind");
	else if (errnum == EPERM)
		err_hint(err, "CAP_SYS_ADMIN over the mount namespace is needed; some seccomp profiles "
			      "refuse open_tree");
	errno = errnum;
	return -1;
}

int kern_mount_tree_readonly(int target)
{
	static bool lacks; /* asked once */
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	int fd = -1;

	if (!lacks)
		fd = sys_open_tree_attr(target, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE,
					&attr);
	lacks = fd < 0;
	return fd;
}

/* Asked for nothing, the kernel says EINVAL, to everybody. */
static bool is_filtered(void)
{
	return mount_setattr(-1, "", 0, NULL, 0) && errno != EINVAL;
}

int kern_mount_setattr(int mount, struct mount_attr *attr, unsigned flags)
{
	int errnum;

	if (mount_setattr(mount, "", AT_EMPTY_PATH | flags, attr, sizeof(*attr)) == 0)
		return 0;
	errnum = errno;
	errno = errnum == EPERM && is_filtered() ? ENOSYS : errnum;
	return -1;
}

/* The kernel takes the access time bits only as a whole: setting one clears all first. */
static uint64_t with_atime(uint64_t set, uint64_t clear)
{
	return (set | clear) & MOUNT_ATTR__ATIME ? clear | MOUNT_ATTR__ATIME : clear;
}

static int set_attr(int mount, uint64_t set, uint64_t clear, uint64_t propagation, unsigned flags)
{
	struct mount_attr attr = {
		.attr_set = set,
		.attr_clr = with_atime(set, clear),
		.propagation = propagation & ~(uint64_t)MS_REC,
	};

	return kern_mount_setattr(mount, &attr, flags);
}

static int set_failed(const char *name, int errnum, struct err *err)
{
	errno = errnum;
	err_system(err, "mount_setattr", "%s", name);
	if (errnum == EPERM)
		err_hint(err, "the flag is locked: in a user namespace ro, nosuid, nodev, noexec and atime "
			      "of a mount "
			      "from outside cannot be cleared");
	else if (errnum == EINVAL)
		err_hint(err, "it is not a mount point, or not one of this mount namespace, or the kernel "
			      "does not know "
			      "an option (nosymfollow: Linux 5.14)");
	errno = errnum;
	return -1;
}

/* Set and clear as `attr` says; slave: and cut the ties to the host. -1 with errno, ENOSYS before Linux 5.12.
 */
static int set_all(int mount, const struct kern_mount_attr *attr, bool slave)
{
	uint64_t recursive = attr ? attr->set_recursive | attr->clear_recursive : 0;

	if (attr && (attr->set | attr->clear) && set_attr(mount, attr->set, attr->clear, 0, 0))
		return -1;
	if (!recursive && !slave)
		return 0;
	return set_attr(mount, attr ? attr->set_recursive : 0, attr ? attr->clear_recursive : 0,
			slave ? MS_SLAVE : 0, AT_RECURSIVE);
}

static int set_all_fallback(int mount, const char *name, const struct kern_mount_attr *attr, bool slave,
			    struct err *err)
{
	if (slave && kern_mount_fallback_propagation(mount, name, MS_SLAVE | MS_REC, err))
		return -1;
	if (!attr)
		return 0;
	if (attr->set_recursive | attr->clear_recursive) {
		err_set(err, ERR_UNSUPPORTED, "mount_setattr", "recursive mount options need Linux 5.12");
		return err_object(err, "%s", name);
	}
	return attr->set | attr->clear ? kern_mount_fallback_set(mount, name, attr->set, attr->clear, err)
				       : 0;
}

static int set_propagation(int mount, const char *name, const struct kern_mount_attr *attr, struct err *err)
{
	for (size_t i = 0; attr && i < attr->propagation_count; i++) {
		uint64_t flags = attr->propagation[i];

		if (set_attr(mount, 0, 0, flags, flags & MS_REC ? AT_RECURSIVE : 0) == 0)
			continue;
		if (errno != ENOSYS)
			return set_failed(name, errno, err);
		if (kern_mount_fallback_propagation(mount, name, flags, err))
			return -1;
	}
	return 0;
}

static int attach_failed(int tree, int target, const char *name, struct err *err)
{
	int errnum = errno;
	struct stat from, to;
	bool differ = fstat(tree, &from) == 0 && fstat(target, &to) == 0 &&
		      S_ISDIR(from.st_mode) != S_ISDIR(to.st_mode);

	/* mount(2) says so where move_mount(2) says EINVAL, and Docker gives its advice for these words alone. */
	if (differ)
		errno = errnum = ENOTDIR;
	err_system(err, "move_mount", "%s", name);
	if (differ)
		err_hint(err, "the source is a %s, the target a %s",
			 S_ISDIR(from.st_mode) ? "directory" : "file",
			 S_ISDIR(to.st_mode) ? "directory" : "file");
	else if (errnum == EINVAL)
		err_hint(err,
			 "the target is not in this mount namespace, or lies on a shared mount while the "
			 "source is unbindable");
	errno = errnum;
	return -1;
}

int kern_mount_attach(int tree, int target, const char *name, const struct kern_mount_attr *attr,
		      struct err *err)
{
	bool slave = !attr || !attr->keep_peers;
	bool late = false;

	if (set_all(tree, attr, slave)) {
		/* Without mount_setattr only an attached mount can be changed. */
		if (errno != ENOSYS)
			return set_failed(name, errno, err);
		late = true;
	}
	if (kern_mount_move(tree, target))
		return attach_failed(tree, target, name, err);
	if (late && set_all_fallback(tree, name, attr, slave, err))
		return -1;
	return set_propagation(tree, name, attr, err);
}

int kern_mount_change(int mount, const char *name, const struct kern_mount_attr *attr, struct err *err)
{
	if (set_all(mount, attr, false)) {
		if (errno != ENOSYS)
			return set_failed(name, errno, err);
		if (set_all_fallback(mount, name, attr, false, err))
			return -1;
	}
	return set_propagation(mount, name, attr, err);
}

static const char *type_name(int fd)
{
	static const struct {
		long magic;
		const char *name;
	} names[] = {
		{ EXT4_SUPER_MAGIC, "ext4" },       { XFS_SUPER_MAGIC, "xfs" },
		{ BTRFS_SUPER_MAGIC, "btrfs" },     { OVERLAYFS_SUPER_MAGIC, "overlay" },
		{ TMPFS_MAGIC, "tmpfs" },           { NFS_SUPER_MAGIC, "nfs" },
		{ FUSE_SUPER_MAGIC, "fuse" },       { PROC_SUPER_MAGIC, "proc" },
		{ SYSFS_MAGIC, "sysfs" },           { V9FS_MAGIC, "9p" },
		{ RAMFS_MAGIC, "ramfs" },           { SQUASHFS_MAGIC, "squashfs" },
		{ CGROUP2_SUPER_MAGIC, "cgroup2" }, { DEVPTS_SUPER_MAGIC, "devpts" },
	};
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return "unknown";
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if ((long)fs.f_type == names[i].magic)
			return names[i].name;
	return "unknown";
}

int kern_mount_idmap(int tree, int userns, bool recursive, const char *name, struct err *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns };
	int errnum;

	if (kern_mount_setattr(tree, &attr, recursive ? AT_RECURSIVE : 0) == 0)
		return 0;
	errnum = errno;
	err_system(err, "idmap", "%s (%s)", name, type_name(tree));
	if (errnum == ENOSYS)
		err_hint(err, "idmapped mounts need Linux 5.12");
	else if (errnum == EINVAL)
		err_hint(err,
			 "file system %s%s does not support idmapped mounts on this kernel, or the user "
			 "namespace "
			 "has no id map yet",
			 type_name(tree), recursive ? " (or one mounted below it)" : "");
	else if (errnum == EPERM)
		err_hint(err, "CAP_SYS_ADMIN over the file system's own user namespace is needed, and the "
			      "mount must not "
			      "be idmapped already");
	errno = errnum;
	return -1;
}
