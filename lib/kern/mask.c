/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mask.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"
#include "kern/path.h"

int kern_mask_open(struct kern_masks *masks, struct err *err)
{
	auto_close int null = kern_mount_tree_open(AT_FDCWD, "/dev/null", KERN_TREE_NOFOLLOW, err);
	struct stat st;

	if (null < 0 || fstat(null, &st))
		return err_system(err, "open", "/dev/null");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
		err_set(err, ERR_UNSUPPORTED, "mask", "is not the null device (character device 1:3)");
		return err_object(err, "/dev/null");
	}
	masks->null = take_fd(&null);
	return 0;
}

/* Nothing can be put into it: read-only, and room for its own directory only. */
static int open_empty(struct kern_masks *masks, struct err *err)
{
	const struct kern_fs fs = {
		.type = "tmpfs",
		.data = "nr_inodes=1,size=4k,mode=755",
		.label = masks->label,
		.super_flags = MS_RDONLY,
	};
	static const struct kern_mount_attr attr = {
		.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	};

	masks->empty = kern_mount_new(&fs, &attr, err);
	return masks->empty < 0 ? -1 : 0;
}

static int attach_copy(int mount, int target)
{
	struct err unused = { 0 };
	auto_leave int copy = kern_mount_tree_open(mount, "", 0, &unused);

	return copy < 0 ? -1 : kern_mount_move(copy, target);
}

static int cover_directory(struct kern_masks *masks, int target)
{
	if (masks->empty_attached)
		return attach_copy(masks->empty, target);
	if (kern_mount_move(masks->empty, target))
		return -1;
	masks->empty_attached = true;
	return 0;
}

/* A copy that did not fit, on a directory, is kept for the next file. */
static int cover_file(struct kern_masks *masks, int target)
{
	struct err unused = { 0 };

	if (!masks->null_attached) {
		if (kern_mount_move(masks->null, target))
			return -1;
		masks->null_attached = true;
		return 0;
	}
	if (masks->copy < 0)
		masks->copy = kern_mount_tree_open(masks->null, "", 0, &unused);
	if (masks->copy < 0 || kern_mount_move(masks->copy, target))
		return -1;
	leave_fd(take_fd(&masks->copy));
	return 0;
}

/* What kernels have as a directory, of the paths that engines mask. Only a guess: what to try first. */
static bool is_usually_directory(const char *path)
{
	static const char *const directories[] = { "/proc/acpi", "/proc/asound", "/proc/scsi", "/sys/firmware",
						   "/sys/devices/virtual/powercap" };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (strcmp(path, directories[i]) == 0)
			return true;
	return false;
}

int kern_mask_path(struct kern_masks *masks, int root, const char *path, struct err *err)
{
	auto_leave int target = kern_path_try(root, path, O_PATH);
	bool directory = is_usually_directory(path);

	if (target < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_system(err, "open", "%s", path);
	for (int tries = 0; tries < 2; tries++, directory = !directory) {
		if (masks->null < 0 && kern_mask_open(masks, err))
			return -1;
		if (directory && masks->empty < 0 && open_empty(masks, err))
			return -1;
		if ((directory ? cover_directory(masks, target) : cover_file(masks, target)) == 0)
			return 0;
		/* The kernel tells us what it is, more cheaply than a stat of every path. */
		if (errno != EINVAL && errno != ENOTDIR)
			break;
	}
	return err_system(err, "mask", "%s", path);
}

int kern_mask_readonly(int root, const char *path, struct err *err)
{
	static const struct kern_mount_attr attr = { .set_recursive = MOUNT_ATTR_RDONLY, .keep_peers = true };
	static const struct kern_mount_attr peers = { .keep_peers = true };
	auto_leave int target = kern_path_try(root, path, O_PATH);
	auto_leave int tree = -1;

	if (target < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_system(err, "open", "%s", path);
	tree = kern_mount_tree_readonly(target);
	if (tree >= 0)
		return kern_mount_attach(tree, target, path, &peers, err);
	tree = kern_mount_tree_open(target, "", KERN_TREE_RECURSIVE, err);
	if (tree < 0)
		return -1;
	if (kern_mount_attach(tree, target, path, &attr, err) == 0)
		return 0;
	if (err->kind != ERR_UNSUPPORTED)
		return -1;
	/* Before Linux 5.12 there is no recursive form; it is attached by now. */
	*err = (struct err){ 0 };
	return kern_mount_fallback_set(tree, path, MOUNT_ATTR_RDONLY, 0, err);
}

void kern_mask_close(struct kern_masks *masks)
{
	leave_fd(masks->null);
	leave_fd(masks->empty);
	leave_fd(masks->copy);
	*masks = (struct kern_masks)KERN_MASKS_NONE;
}
