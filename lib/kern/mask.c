/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
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
	static const struct kern_fs fs = {
		.type = "tmpfs",
		.data = "nr_inodes=1,size=4k,mode=755",
		.super_flags = MS_RDONLY,
	};
	static const struct kern_mount_attr attr = {
		.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	};

	masks->empty = kern_mount_new(&fs, &attr, err);
	return masks->empty < 0 ? -1 : 0;
}

static int cover(int mount, bool *attached, int target)
{
	struct err unused = { 0 };
	auto_close int copy = -1;

	if (*attached) {
		copy = kern_mount_tree_open(mount, "", 0, &unused);
		if (copy < 0)
			return -1;
		mount = copy;
	}
	if (kern_mount_move(mount, target))
		return -1;
	*attached = true;
	return 0;
}

int kern_mask_path(struct kern_masks *masks, int root, const char *path, struct err *err)
{
	auto_close int target = kern_path_try(root, path, O_PATH);

	if (target < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_system(err, "open", "%s", path);
	if (masks->null < 0 && kern_mask_open(masks, err))
		return -1;
	if (cover(masks->null, &masks->null_attached, target) == 0)
		return 0;
	/* The kernel tells us what it is, more cheaply than a stat of every path. */
	if (errno != EINVAL && errno != ENOTDIR)
		return err_system(err, "mask", "%s", path);
	if (masks->empty < 0 && open_empty(masks, err))
		return -1;
	return cover(masks->empty, &masks->empty_attached, target) ? err_system(err, "mask", "%s", path) : 0;
}

int kern_mask_readonly(int root, const char *path, struct err *err)
{
	static const struct kern_mount_attr attr = { .set_recursive = MOUNT_ATTR_RDONLY, .keep_peers = true };
	auto_close int target = kern_path_try(root, path, O_PATH);
	auto_close int tree = -1;

	if (target < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_system(err, "open", "%s", path);
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
	close_keep_errno(masks->null);
	close_keep_errno(masks->empty);
	*masks = (struct kern_masks)KERN_MASKS_NONE;
}
