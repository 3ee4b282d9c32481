/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"
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

/* One call in place of five; what failed is done again by the newer calls, which tell why. */
static bool bind_at_once(int tmpfs, const char *name, const struct kern_cgroup_bind *bind)
{
	char source[PATH_MAX], target[FD_PATH_SIZE + NAME_MAX + 1];

	if (snprintf(source, sizeof(source), "%s%s", bind->mountpoint, bind->path) >= (int)sizeof(source))
		return false;
	snprintf(target, sizeof(target), "/proc/self/fd/%d/%s", tmpfs, name);
	return mount(source, target, NULL, MS_BIND, NULL) == 0;
}

/* By its name below the tmpfs, which is ours alone. Attributes and ties to the host are dealt with for all at
 * once. */
static int bind_hierarchy(int tmpfs, const struct kern_cgroup_bind *bind, struct err *err)
{
	const char *name = last_part(bind->mountpoint);
	auto_leave int tree = -1, target = -1;
	struct err absent = { 0 };
	char source[PATH_MAX];

	if (mkdirat(tmpfs, name, 0755))
		return err_system(err, "mkdir", "cgroup/%s", name);
	if (bind_at_once(tmpfs, name, bind))
		return 0;
	tree = open_cgroup(bind->mountpoint, bind->path, source, &absent);
	if (tree < 0 && absent.errnum == ENOENT && bind->other_path)
		tree = open_cgroup(bind->mountpoint, bind->other_path, source, err);
	else if (tree < 0)
		*err = absent;
	if (tree < 0)
		return -1;
	target = openat(tmpfs, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0 || kern_mount_move(tree, target))
		return err_system(err, "move_mount", "%s", source);
	return 0;
}

/* Before Linux 5.12 one by one. */
static int change_each(int tmpfs, const struct kern_cgroup_binds *binds, const struct kern_mount_attr *attr,
		       struct err *err)
{
	for (size_t i = 0; i < binds->count; i++) {
		const char *name = last_part(binds->items[i].mountpoint);
		auto_close int top = openat(tmpfs, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (top < 0)
			return err_system(err, "open", "cgroup/%s", name);
		if (kern_mount_fallback_propagation(top, name, MS_SLAVE, err) ||
		    kern_mount_change(top, name, attr, err))
			return -1;
	}
	return kern_mount_change(tmpfs, "cgroup", attr, err);
}

/* The attributes of the whole, in one call, and nothing that is mounted on the host comes in. */
static int change_all(int tmpfs, const struct kern_cgroup_binds *binds, struct err *err)
{
	static const struct kern_mount_attr none = { 0 };
	const struct kern_mount_attr *given = binds->attr ? binds->attr : &none;
	struct mount_attr attr = { .attr_set = given->set | given->set_recursive,
				   .attr_clr = given->clear | given->clear_recursive,
				   .propagation = MS_SLAVE };

	if (kern_mount_setattr(tmpfs, &attr, AT_RECURSIVE) == 0)
		return 0;
	if (errno == ENOSYS)
		return change_each(tmpfs, binds, given, err);
	return err_system(err, "mount_setattr", "cgroup");
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
	};
	static const struct kern_mount_attr as_made = { .keep_peers = true };
	auto_leave int target = kern_path_make(root, destination, KERN_PATH_REFUSE_LINK, NULL, err);
	auto_leave int tmpfs = -1;

	if (target < 0)
		return -1;
	tmpfs = kern_mount_new(&fs, &plain, err);
	/* Attached first: what is detached takes no mounts before Linux 6.15. Nobody else is in here yet. */
	if (tmpfs < 0 || kern_mount_attach(tmpfs, target, destination, &as_made, err))
		return -1;
	for (size_t i = 0; i < binds->count; i++) {
		const struct kern_cgroup_bind *bind = &binds->items[i];

		if (bind_hierarchy(tmpfs, bind, err))
			return -1;
		if (!bind->v2 && link_controllers(tmpfs, bind, err))
			return -1;
	}
	return change_all(tmpfs, binds, err);
}
