/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc and /sys of what was entered, without its other files. */
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/mount.h"
#include "kern/ns.h"
#include "kern/root.h"
#include "run/attach_more.h"

/*
 * Over what is there, and not in its place: in a user namespace the kernel
 * allows a new one only while a full one can be seen (mount_namespaces(7)).
 */
static int mount_over(const char *type, const char *path, struct err *err)
{
	const struct kern_mount_attr attr = { .set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
	const struct kern_fs fs = { .type = type };
	auto_close int tree = kern_mount_new(&fs, &attr, err);
	auto_close int target = -1;

	if (tree < 0)
		return -1;
	target = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0)
		return err_system(err, "open", "%s", path);
	return kern_mount_attach(tree, target, path, NULL, err);
}

int run_attach_remount(struct err *err)
{
	struct statfs fs;

	if (kern_ns_unshare(CLONE_NEWNS, err) || kern_root_propagation(MS_SLAVE | MS_REC, err) ||
	    mount_over("proc", "/proc", err))
		return -1;
	if (statfs("/sys", &fs) || fs.f_type != SYSFS_MAGIC)
		return 0;
	return mount_over("sysfs", "/sys", err);
}
