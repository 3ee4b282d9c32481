/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detached mounts where there are none: kernels before 5.2, and seccomp
 * profiles (of a container that we run in) which know no open_tree(2),
 * fsopen(2) and move_mount(2). mount(2) can only make mounts that are attached,
 * so they are attached for the moment on a stage: a directory or file of their
 * own on a small tmpfs that lies over the "/" of this mount namespace.
 * Look-ups begin below it, so nobody comes across it; it is unbindable, so
 * that no copy of "/" has it; and it goes with the old root.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"
#include "kern/mount_stage.h"

static struct {
	bool allowed;
	bool open;
	int fd;
	unsigned count;
} stage;

bool kern_mount_has_detached(void)
{
	return open_tree(-1, "", OPEN_TREE_CLOEXEC) >= 0 || (errno != ENOSYS && errno != EPERM);
}

void kern_mount_stage_allow(void)
{
	stage.allowed = true;
}

bool kern_mount_stage_end(void)
{
	bool was_open = stage.open;

	if (stage.open)
		close_keep_errno(stage.fd);
	stage.allowed = stage.open = false;
	return was_open;
}

bool kern_mount_stage_may_help(int errnum)
{
	return stage.allowed && (errnum == ENOSYS || errnum == EPERM);
}

static int stage_open(struct err *err)
{
	auto_close int fd = -1;
	char path[FD_PATH_SIZE];
	struct statfs fs;

	if (stage.open)
		return 0;
	if (!stage.allowed)
		return err_set(err, ERR_UNSUPPORTED, "mount",
			       "options that only mount(2) takes need a mount namespace of its own");
	if (mount("nsinit", "/", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700"))
		return err_system(err, "mount", "tmpfs over / for a moment");
	/* "/" is what lies below, ".." of it comes out on top: path_resolution(7), mount points. */
	fd = open("/..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs))
		return err_system(err, "open", "/..");
	if (fs.f_type != TMPFS_MAGIC)
		return err_set(err, ERR_UNSUPPORTED, "mount", "the tmpfs over / is not where it was put");
	if (mount(NULL, kern_fd_path(path, fd), NULL, MS_UNBINDABLE, NULL))
		return err_system(err, "mount", "propagation of the tmpfs over /");
	stage.fd = take_fd(&fd);
	stage.open = true;
	return 0;
}

/* A place of its own for each, or one would carry another along. -1 with err, else an fd of it. */
static int stage_place(bool directory, char name[static FD_PATH_SIZE], struct err *err)
{
	int fd;

	if (stage_open(err))
		return -1;
	snprintf(name, FD_PATH_SIZE, "%u", stage.count++);
	if (directory ? mkdirat(stage.fd, name, 0700) : mknodat(stage.fd, name, S_IFREG | 0600, 0))
		return err_system(err, "create", "place for a mount");
	fd = openat(stage.fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_system(err, "open", "place for a mount") : fd;
}

/* What has been mounted there, which may be a link. */
static int stage_result(const char *name, struct err *err)
{
	int fd = openat(stage.fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? err_system(err, "open", "mount in its place") : fd;
}

int kern_mount_stage_tree(int dirfd, const char *path, unsigned flags, struct err *err)
{
	int open_flags = O_PATH | (flags & KERN_TREE_NOFOLLOW ? O_NOFOLLOW : 0);
	auto_close int opened = path[0] ? openat(dirfd, path, open_flags | O_CLOEXEC) : -1;
	int source = path[0] ? opened : dirfd;
	char name[FD_PATH_SIZE], from[FD_PATH_SIZE], to[FD_PATH_SIZE];
	auto_close int place = -1;
	struct stat st;

	if (source < 0 || fstat(source, &st))
		return err_system(err, "open", "%s", path);
	place = stage_place(S_ISDIR(st.st_mode), name, err);
	if (place < 0)
		return -1;
	if (mount(kern_fd_path(from, source), kern_fd_path(to, place), NULL,
		  MS_BIND | (flags & KERN_TREE_RECURSIVE ? MS_REC : 0), NULL))
		return err_system(err, "mount", "bind of %s", path);
	return stage_result(name, err);
}

int kern_mount_stage_fs(const struct kern_fs *fs, uint64_t attr, mode_t mode, struct err *err)
{
	char name[FD_PATH_SIZE];
	auto_close int place = stage_place(true, name, err);
	auto_close int mount = -1;

	/* Read-only by mount(2) would be the file system, not the mount. */
	if (place < 0 || kern_mount_fallback_fs(fs, attr & ~(uint64_t)MOUNT_ATTR_RDONLY, place, mode, err))
		return -1;
	mount = stage_result(name, err);
	if (mount < 0 ||
	    (attr & MOUNT_ATTR_RDONLY && kern_mount_fallback_set(mount, fs->type, MOUNT_ATTR_RDONLY, 0, err)))
		return -1;
	return take_fd(&mount);
}

int kern_mount_move(int tree, int target)
{
	char from[FD_PATH_SIZE], to[FD_PATH_SIZE];

	if (move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0)
		return 0;
	if (!stage.open || (errno != ENOSYS && errno != EPERM))
		return -1;
	return mount(kern_fd_path(from, tree), kern_fd_path(to, target), NULL, MS_MOVE, NULL);
}
