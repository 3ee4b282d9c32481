/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_stage.h"
#include "kern/root.h"
#include "kern/syscall.h"

int kern_root_propagation(uint64_t flags, struct err *err)
{
	if (mount(NULL, "/", NULL, flags, NULL) == 0)
		return 0;
	err_system(err, "mount", "propagation of /");
	if (err->errnum == EINVAL)
		err_hint(err, "the root that nsinit itself runs in is not a mount point, as in a chroot: "
			      "mount it on "
			      "itself (mount --bind)");
	return -1;
}

/*
 * The tree must not be shared itself (pivot_root(2) refuses it), and what it
 * is attached to neither (it would appear on the host): where mounts stay peers of the
 * host's, that can only be "/", made private before.
 */
static int attach_peer(int tree, struct err *err)
{
	static const uint64_t slave = MS_SLAVE;
	const struct kern_mount_attr attr = {
		.keep_peers = true,
		.propagation = &slave,
		.propagation_count = 1,
	};
	auto_close int target = -1;

	if (kern_root_propagation(MS_PRIVATE, err))
		return -1;
	target = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0)
		return err_system(err, "open", "/");
	return kern_mount_attach(tree, target, "/", &attr, err);
}

int kern_root_attach(int tree, const char *path, bool keep_peers, struct err *err)
{
	auto_leave int target = -1;

	if (keep_peers)
		return attach_peer(tree, err);
	if (path) {
		target = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (target < 0 && errno != EACCES)
			return err_system(err, "open", "%s", path);
	}
	if (target < 0) {
		/* What is mounted over "/" is reached by its fd alone; look-ups still begin below it. */
		path = "/";
		target = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (target < 0)
			return err_system(err, "open", "%s", path);
	}
	return kern_mount_attach(tree, target, path, NULL, err);
}

int kern_root_readonly(int root, struct err *err)
{
	const struct kern_mount_attr attr = { .set = MOUNT_ATTR_RDONLY };

	return kern_mount_change(root, "the root file system", &attr, err);
}

static int pivot_failed(struct err *err)
{
	int errnum = errno;

	err_system(err, "pivot_root", "the container's root");
	if (errnum == EINVAL)
		err_hint(err, "pivot_root needs a root that is not the initramfs (else use --no-pivot), and "
			      "neither it "
			      "nor the container's root on a shared mount");
	errno = errnum;
	return -1;
}

static int move_over_root(struct err *err)
{
	/* ELOOP: it lies over "/" already (kern_root_attach without a path). */
	if (mount(".", "/", NULL, MS_MOVE, NULL) && errno != ELOOP)
		return err_system(err, "mount", "move the container's root to /");
	if (chroot("."))
		return err_system(err, "chroot", "the container's root");
	return 0;
}

int kern_root_pivot(int root, bool no_pivot, struct err *err)
{
	if (fchdir(root))
		return err_system(err, "fchdir", "the container's root");
	if (no_pivot) {
		if (move_over_root(err))
			return -1;
	} else {
		/*
		 * The old root comes to lie over the new one, at the same place, and is taken
		 * off again: umount2(".") takes the topmost mount there. No directory is needed for it.
		 * pivot_root(2).
		 */
		if (sys_pivot_root(".", "."))
			return pivot_failed(err);
		/* The stage, where there was need of one, lies on top of it. */
		if (kern_mount_stage_end() && umount2(".", MNT_DETACH))
			return err_system(err, "umount", "what lies over the old root");
		if (umount2(".", MNT_DETACH))
			return err_system(err, "umount", "the old root");
	}
	if (chdir("/"))
		return err_system(err, "chdir", "/");
	return 0;
}

int kern_root_enter(const char *path, struct err *err)
{
	if (chdir(path))
		return err_system(err, "chdir", "%s", path);
	if (chroot("."))
		return err_system(err, "chroot", "%s", path);
	return 0;
}
