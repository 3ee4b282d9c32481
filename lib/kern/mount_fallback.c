/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount(2), for what the newer calls cannot do or an older kernel lacks. Targets are /proc/self/fd paths. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"

enum { DATA_SIZE = 4096 };

const char *kern_fd_path(char buf[static FD_PATH_SIZE], int fd)
{
	snprintf(buf, FD_PATH_SIZE, "/proc/self/fd/%d", fd);
	return buf;
}

static const struct {
	uint64_t attr;
	unsigned long flag;
	unsigned long statvfs_flag;
} attr_flags[] = {
	{ MOUNT_ATTR_RDONLY, MS_RDONLY, ST_RDONLY },
	{ MOUNT_ATTR_NOSUID, MS_NOSUID, ST_NOSUID },
	{ MOUNT_ATTR_NODEV, MS_NODEV, ST_NODEV },
	{ MOUNT_ATTR_NOEXEC, MS_NOEXEC, ST_NOEXEC },
	{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME, ST_NODIRATIME },
	{ MOUNT_ATTR_NOATIME, MS_NOATIME, ST_NOATIME },
	{ MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW, 0x2000 /* ST_NOSYMFOLLOW, include/linux/statfs.h */ },
};

static unsigned long flags_of(uint64_t attr)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(attr_flags); i++)
		if (attr & attr_flags[i].attr)
			flags |= attr_flags[i].flag;
	return attr & MOUNT_ATTR_STRICTATIME ? flags | MS_STRICTATIME : flags;
}

/* MS_REMOUNT replaces all flags, so those that stand must be said again. */
static uint64_t attr_now(int fd)
{
	struct statvfs fs;
	uint64_t attr = 0;

	if (fstatvfs(fd, &fs))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(attr_flags); i++)
		if (fs.f_flag & attr_flags[i].statvfs_flag)
			attr |= attr_flags[i].attr;
	if (!(fs.f_flag & (ST_NOATIME | ST_RELATIME)))
		attr |= MOUNT_ATTR_STRICTATIME;
	return attr;
}

int kern_mount_fallback_set(int fd, const char *name, uint64_t set, uint64_t clear, struct err *err)
{
	uint64_t attr = attr_now(fd);
	char path[FD_PATH_SIZE];

	if ((set | clear) & MOUNT_ATTR__ATIME)
		attr &= ~(uint64_t)MOUNT_ATTR__ATIME;
	attr = (attr & ~clear) | set;
	if (mount(NULL, kern_fd_path(path, fd), NULL, MS_REMOUNT | MS_BIND | flags_of(attr), NULL))
		return err_system(err, "mount", "remount %s", name);
	return 0;
}

/* The flags of the mount itself are the file system's too, in this call: they stay as they are. */
int kern_mount_fallback_reconfigure(int fd, const char *name, const struct kern_fs *fs, uint64_t clear,
				    struct err *err)
{
	unsigned long flags = (unsigned long)fs->super_flags | flags_of(attr_now(fd) & ~clear);
	char path[FD_PATH_SIZE];

	if (mount(NULL, kern_fd_path(path, fd), NULL, MS_REMOUNT | flags, fs->data))
		return err_system(err, "remount", "%s", name);
	return 0;
}

int kern_mount_fallback_propagation(int fd, const char *name, uint64_t flags, struct err *err)
{
	char path[FD_PATH_SIZE];

	if (mount(NULL, kern_fd_path(path, fd), NULL, flags, NULL))
		return err_system(err, "mount", "propagation of %s", name);
	return 0;
}

int kern_mount_fallback_fs(const struct kern_fs *fs, uint64_t attr, int target, mode_t mode, struct err *err)
{
	char path[FD_PATH_SIZE], data[DATA_SIZE];
	int n = snprintf(data, sizeof(data), "%s", fs->data ? fs->data : "");

	if (mode && n < DATA_SIZE)
		n += snprintf(data + n, sizeof(data) - (size_t)n, "%smode=%o", n ? "," : "", mode & 07777);
	if (fs->label && n < DATA_SIZE)
		n += snprintf(data + n, sizeof(data) - (size_t)n, "%scontext=\"%s\"", n ? "," : "",
			      fs->label);
	if (n >= DATA_SIZE) {
		errno = E2BIG;
		return err_system(err, "mount", "options of %s", fs->type);
	}
	if (mount(fs->source ? fs->source : fs->type, kern_fd_path(path, target), fs->type,
		  (unsigned long)fs->super_flags | flags_of(attr), data)) {
		err_system(err, "mount", "%s", fs->type);
		return kern_mount_explain(-1, fs, err);
	}
	return 0;
}
