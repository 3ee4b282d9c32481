/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_special.h"
#include "kern/path.h"

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The cgroup as a detached mount; source receives its path. */
static int open_cgroup(const char *mountpoint, const char *path, char source[PATH_MAX], struct err *err)
{
	if (snprintf(source, PATH_MAX, "%s%s", mountpoint, path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return err_system(err, "open", "%s%s", mountpoint, path);
	}
	return kern_mount_tree_open(AT_FDCWD, source, 0, err);
}

static int bind_hierarchy(int tmpfs, const struct kern_cgroup_bind *bind, const struct kern_mount_attr *attr,
			  struct err *err)
{
	const char *name = last_part(bind->mountpoint);
	auto_close int tree = -1, target = -1;
	struct err absent = { 0 };
	char source[PATH_MAX];

	tree = open_cgroup(bind->mountpoint, bind->path, source, &absent);
	if (tree < 0 && absent.errnum == ENOENT && bind->other_path)
		tree = open_cgroup(bind->mountpoint, bind->other_path, source, err);
	else if (tree < 0)
		*err = absent;
	if (tree < 0)
		return -1;
	if (mkdirat(tmpfs, name, 0755))
		return err_system(err, "mkdir", "cgroup/%s", name);
	target = openat(tmpfs, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0)
		return err_system(err, "open", "cgroup/%s", name);
	return kern_mount_attach(tree, target, source, attr, err);
}

/* "cpu" -> "cpu,cpuacct", where several controllers share a hierarchy. */
static int link_controllers(int tmpfs, const struct kern_cgroup_bind *bind, struct err *err)
{
	const char *directory = last_part(bind->mountpoint);
	const char *rest = bind->controllers ? bind->controllers : "";
	char name[NAME_MAX + 1];

	while (*(rest += strspn(rest, ","))) {
		size_t length = strcspn(rest, ",");

		if (length < sizeof(name)) {
			memcpy(name, rest, length);
			name[length] = '\0';
			if (strcmp(name, directory) != 0 && symlinkat(directory, tmpfs, name) &&
			    errno != EEXIST)
				return err_system(err, "symlink", "cgroup/%s", name);
		}
		rest += length;
	}
	return 0;
}

int kern_mount_cgroup_v1(int root, const char *destination, const struct kern_cgroup_binds *binds,
			 struct err *err)
{
	static const struct kern_fs fs = { .type = "tmpfs", .source = "cgroup", .data = "mode=755" };
	static const struct kern_mount_attr plain = {
		.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
		.keep_peers = true,
	};
	auto_close int target = kern_path_make(root, destination, KERN_PATH_REFUSE_LINK, NULL, err);
	auto_close int tmpfs = -1;

	if (target < 0)
		return -1;
	tmpfs = kern_mount_new(&fs, &plain, err);
	/* Attached first: what is detached takes no mounts before Linux 6.15. Nobody else is in here yet. */
	if (tmpfs < 0 || kern_mount_attach(tmpfs, target, destination, &plain, err))
		return -1;
	for (size_t i = 0; i < binds->count; i++) {
		const struct kern_cgroup_bind *bind = &binds->items[i];

		if (bind_hierarchy(tmpfs, bind, binds->attr, err))
			return -1;
		if (!bind->v2 && link_controllers(tmpfs, bind, err))
			return -1;
	}
	return binds->attr ? kern_mount_change(tmpfs, destination, binds->attr, err) : 0;
}
