/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One entry of the mounts list, from its destination's name to the attached mount. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/device.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"
#include "kern/mount_special.h"
#include "kern/path.h"

/* "tmpfs" becomes "tmpfs on /run": the primitive below does not know where. */
static int add_destination(struct err *err, const char *destination)
{
	size_t length = strlen(err->object);
	int errnum = errno;

	snprintf(err->object + length, sizeof(err->object) - length, " on %s", destination);
	errno = errnum;
	return -1;
}

static unsigned path_flags(const struct kern_mount *mount)
{
	return (mount->flags & KERN_MOUNT_REFUSE_SYMLINK ? KERN_PATH_REFUSE_LINK : 0) |
	       (mount->flags & KERN_MOUNT_NOFOLLOW ? KERN_PATH_NOFOLLOW : 0);
}

static bool wants_mode(const struct kern_fs *fs)
{
	const char *data = fs->data ? fs->data : "";

	return strcmp(fs->type, "tmpfs") == 0 && strncmp(data, "mode=", 5) != 0 && !strstr(data, ",mode=");
}

static bool is_readonly(const struct kern_mount *mount)
{
	return (mount->fs->super_flags & MS_RDONLY) ||
	       ((mount->attr.set | mount->attr.set_recursive) & MOUNT_ATTR_RDONLY);
}

/* It must be writable for a moment, before anyone sees it. */
static bool is_filled(const struct kern_mount *mount)
{
	return mount->flags & (KERN_MOUNT_COPY_UP | KERN_MOUNT_LABEL_ROOT);
}

/*
 * A new file system cannot be a peer of anything: no need to cut ties. One
 * that had to be filled was writable until now.
 */
static struct kern_mount_attr attr_after_new(const struct kern_mount *mount)
{
	bool readonly = is_filled(mount) && is_readonly(mount);

	return (struct kern_mount_attr){
		.set = readonly ? MOUNT_ATTR_RDONLY : 0,
		.propagation = mount->attr.propagation,
		.propagation_count = mount->attr.propagation_count,
		.keep_peers = true,
	};
}

/* A user namespace that does not own its network may not mount sysfs: show it the host's, read-only. */
static int bind_host_sys(const struct kern_mount *mount, int target, struct err *err)
{
	auto_close int tree = kern_mount_tree_open(AT_FDCWD, "/sys", KERN_TREE_RECURSIVE, err);
	struct kern_mount_attr attr = mount->attr;

	if (tree < 0)
		return -1;
	attr.set_recursive |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	attr.clear_recursive = attr.clear = 0;
	return kern_mount_attach(tree, target, mount->destination, &attr, err);
}

/* Where the policy itself gives all files of this type their label it cannot be changed: EOPNOTSUPP. */
static int label_root(int new, const struct kern_fs *fs, struct err *err)
{
	auto_close int root = openat(new, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_system(err, "open", "%s", fs->type);
	if (fsetxattr(root, "security.selinux", fs->label, strlen(fs->label) + 1, 0) == 0 || errno == EOPNOTSUPP)
		return 0;
	err_system(err, "setxattr", "security.selinux=%s", fs->label);
	return kern_mount_explain_label(fs->label, err);
}

/* Copy a directory into the new tmpfs, label the root of mqueue. */
static int new_filled(const struct kern_mount *mount, int target, mode_t mode, struct err *err)
{
	struct kern_fs fs = *mount->fs;
	struct kern_mount_attr attr = mount->attr;
	auto_close int new = -1, from = -1;

	if (mount->flags & KERN_MOUNT_LABEL_ROOT)
		fs.label = NULL;
	fs.super_flags &= ~(uint64_t)MS_RDONLY;
	attr.set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	attr.set_recursive &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	new = kern_mount_create(&fs, &attr, mode, err);
	if (new < 0 || (mount->flags & KERN_MOUNT_LABEL_ROOT && label_root(new, mount->fs, err)))
		return -1;
	if (!(mount->flags & KERN_MOUNT_COPY_UP))
		return take_fd(&new);
	from = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0)
		return err_system(err, "open", "%s", mount->destination);
	if (kern_copy_tree(from, new, mount->destination, err))
		return -1;
	return take_fd(&new);
}

/*
 * One call in place of seven where it gives the same. Not for what is read-only: mount(2) would make the
 * whole file system so, of which there may be other mounts. When it fails the newer calls tell why.
 */
static bool mount_at_once(const struct kern_mount *mount, int target, mode_t mode)
{
	const struct kern_mount_attr *attr = &mount->attr;
	uint64_t set = attr->set | attr->set_recursive;
	struct err told_later = { 0 };

	return !is_filled(mount) && !(mount->flags & KERN_MOUNT_SYS_BIND) && !attr->propagation_count &&
	       !(set & MOUNT_ATTR_RDONLY) && !(mount->fs->super_flags & MS_RDONLY) &&
	       kern_mount_fallback_fs(mount->fs, set, target, mode, &told_later) == 0;
}

static int mount_new(const struct kern_mount *mount, int target, mode_t mode, struct err *err)
{
	struct kern_mount_attr attr = attr_after_new(mount);
	auto_leave int new = -1;

	if (mount_at_once(mount, target, mode))
		return 0;
	new = is_filled(mount) ? new_filled(mount, target, mode, err)
			       : kern_mount_create(mount->fs, &mount->attr, mode, err);
	if (new >= 0)
		return kern_mount_attach(new, target, mount->destination, &attr, err);
	if (err->errnum == EPERM && (mount->flags & KERN_MOUNT_SYS_BIND)) {
		*err = (struct err){ 0 };
		return bind_host_sys(mount, target, err);
	}
	return add_destination(err, mount->destination);
}

static int mount_new_at(int root, const struct kern_mount *mount, struct err *err)
{
	struct kern_path_made made = { .beside = mount->beside, .without_mode = !wants_mode(mount->fs) };
	auto_leave int target = kern_path_make(root, mount->destination, path_flags(mount), &made, err);

	if (target < 0)
		return -1;
	return mount_new(mount, target, S_ISDIR(made.mode) ? made.mode & 07777 : 0, err);
}

/* copy-symlink: the same link at the destination; that very link may be there already. */
static int copy_link(int root, const struct kern_mount *mount, struct err *err)
{
	__attribute__((cleanup(kern_parent_close))) struct kern_parent parent = KERN_PARENT_NONE;
	char text[PATH_MAX];
	ssize_t n = readlinkat(mount->tree, "", text, sizeof(text) - 1);
	struct kern_link link = { .path = mount->destination, .target = text, .flags = KERN_LINK_EXACT };

	if (n < 0)
		return err_system(err, "readlink", "%s", mount->destination);
	text[n] = '\0';
	return kern_device_link(&parent, root, &link, err);
}

int kern_mount_at(int root, const struct kern_mount *mount, struct err *err)
{
	auto_leave int target = -1;
	unsigned flags = path_flags(mount);
	struct stat st;

	if (mount->fs)
		return mount_new_at(root, mount, err);
	if (fstat(mount->tree, &st))
		return err_system(err, "stat", "source of %s", mount->destination);
	if (S_ISLNK(st.st_mode) && (mount->flags & KERN_MOUNT_COPY_SYMLINK))
		return copy_link(root, mount, err);
	if (!S_ISDIR(st.st_mode))
		flags |= KERN_PATH_FILE;
	target = kern_path_make(root, mount->destination, flags, NULL, err);
	if (target < 0)
		return -1;
	return kern_mount_attach(mount->tree, target, mount->destination, &mount->attr, err);
}

static int reconfigure(int mount, const char *destination, const struct kern_fs *fs,
		       const struct kern_mount_attr *attr, struct err *err)
{
	auto_close int context = fspick(mount, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC | FSPICK_NO_AUTOMOUNT);

	if (context < 0 && (errno == ENOSYS || errno == EPERM))
		return kern_mount_fallback_reconfigure(mount, destination, fs, attr ? attr->clear : 0, err);
	if (context < 0)
		return err_system(err, "fspick", "%s", destination);
	/* What is not said stays as it is: "rw" must be said. */
	if (!(fs->super_flags & MS_RDONLY) && attr && (attr->clear & MOUNT_ATTR_RDONLY) &&
	    fsconfig(context, FSCONFIG_SET_FLAG, "rw", NULL, 0))
		return err_system(err, "fsconfig", "rw");
	if (kern_mount_configure(context, fs, err) ||
	    (fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) &&
	     err_system(err, "remount", "%s", destination)))
		return kern_mount_explain(context, fs, err);
	return 0;
}

int kern_mount_remount(int root, const char *destination, const struct kern_fs *fs,
		       const struct kern_mount_attr *attr, struct err *err)
{
	auto_leave int mount = kern_path_open(root, destination, O_PATH, err);

	if (mount < 0)
		return -1;
	if (fs && reconfigure(mount, destination, fs, attr, err))
		return -1;
	return attr ? kern_mount_change(mount, destination, attr, err) : 0;
}
