/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"

bool cgroup_errno_gone(int errnum)
{
	return errnum == ENOENT || errnum == ENODEV || errnum == ESRCH;
}

/* {0} means "not open": an fd 0, where the caller started with it closed, is moved up. */
static int above_zero(int fd)
{
	int moved;

	if (fd != 0)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close_keep_errno(fd);
	return moved;
}

int cgroup_root_check(int fd, const char *mountpoint, bool *v2, struct err *err)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return err_system(err, "fstatfs", "%s", mountpoint);
	if (fs.f_type != CGROUP_SUPER_MAGIC && fs.f_type != CGROUP2_SUPER_MAGIC) {
		err_set(err, ERR_SYSTEM, "open", "not a cgroup file system");
		return err_object(err, "%s", mountpoint);
	}
	*v2 = fs.f_type == CGROUP2_SUPER_MAGIC;
	return 0;
}

int cgroup_root_open(const char *mountpoint, bool *v2, struct err *err)
{
	auto_close int fd = above_zero(open(mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC));

	if (fd < 0)
		return err_system(err, "open", "%s", mountpoint);
	return cgroup_root_check(fd, mountpoint, v2, err) ? -1 : take_fd(&fd);
}

int cgroup_path_check(const char *path, struct err *err)
{
	const char *part = path;

	if (path[0] == '/' && !path[1])
		return 0;
	if (strlen(path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return err_system(err, "cgroup path", "%.100s...", path);
	}
	while (*part == '/') {
		size_t len = strcspn(++part, "/");

		if (len == 0 || (part[0] == '.' && (len == 1 || (len == 2 && part[1] == '.'))))
			break;
		part += len;
	}
	if (part > path && !*part && part[-1] != '/')
		return 0;
	err_set(err, ERR_SPEC, "cgroup path",
		"must begin with \"/\" and have no empty, \".\" or \"..\" parts");
	return err_object(err, "%s", path);
}

/* For kernels before 5.6, and where a seccomp filter keeps openat2 from us. */
static int open_below_walk(int root, const char *path)
{
	auto_close int at = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat first, here;
	char part[NAME_MAX + 1];

	if (at < 0 || fstat(at, &first) != 0)
		return -1;
	while (*path) {
		size_t len = strcspn(path, "/");
		int next;

		if (len > NAME_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(part, path, len);
		part[len] = '\0';
		next = openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -1;
		close(at);
		at = next;
		if (fstat(at, &here) != 0)
			return -1;
		if (here.st_dev != first.st_dev) {
			errno = EXDEV;
			return -1;
		}
		path += len + (path[len] == '/');
	}
	return above_zero(take_fd(&at));
}

int cgroup_open_below(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, root, path[0] ? path : ".", &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
		return open_below_walk(root, path);
	return above_zero(fd);
}

int kern_cgroup_open(struct kern_cgroup *group, const char *mountpoint, const char *path, struct err *err)
{
	auto_close int root = -1;

	*group = (struct kern_cgroup){ .mountpoint = mountpoint, .path = path };
	if (cgroup_path_check(path, err) != 0)
		return -1;
	root = cgroup_root_open(mountpoint, &group->v2, err);
	if (root < 0)
		return -1;
	if (path[1] == '\0') {
		group->fd = take_fd(&root);
		return 0;
	}
	group->fd = cgroup_open_below(root, path + 1);
	if (group->fd < 0)
		return err_system(err, "open", "%s%s", mountpoint, path);
	return 0;
}

void kern_cgroup_close(struct kern_cgroup *group)
{
	if (group->fd > 0)
		close_keep_errno(group->fd);
	if (group->procs > 0)
		close_keep_errno(group->procs);
	group->fd = group->procs = 0;
}

/* Remove the last `created` directories of the path, as long as nobody else uses them. */
static void undo_create(int root, const char *path, unsigned created)
{
	char prefix[PATH_MAX];
	char *slash = prefix;

	snprintf(prefix, sizeof(prefix), "%s", path);
	while (created-- > 0 && slash && unlinkat(root, prefix, AT_REMOVEDIR) == 0) {
		slash = strrchr(prefix, '/');
		if (slash)
			*slash = '\0';
	}
}

/* Make each part of the path, counting the last ones that were not there. */
static int make_path(int root, const char *path, unsigned *created)
{
	char prefix[PATH_MAX];
	size_t len = 0;

	*created = 0;
	while (path[len]) {
		size_t made = len;

		len += path[len] == '/';
		len += strcspn(path + len, "/");
		memcpy(prefix, path, len);
		prefix[len] = '\0';
		if (mkdirat(root, prefix, 0755) == 0) {
			++*created;
		} else if (errno == EEXIST) {
			*created = 0;
		} else {
			int saved = errno;

			prefix[made] = '\0';
			undo_create(root, prefix, *created);
			*created = 0;
			errno = saved;
			return -1;
		}
	}
	return 0;
}

/* One call where only the last part is missing. An empty parent may be removed meanwhile: again, bounded. */
static int make_directories(int root, const char *path, unsigned *created)
{
	for (int tries = 0; tries < 16; tries++) {
		*created = 0;
		if (mkdirat(root, path, 0755) == 0) {
			*created = 1;
			return 0;
		}
		if (errno == EEXIST)
			return 0;
		if (errno != ENOENT)
			return -1;
		if (make_path(root, path, created) == 0)
			return 0;
		if (errno != ENOENT)
			return -1;
	}
	return -1;
}

/* Top down: a cpuset takes from its parent, which may be new itself. */
static int inherit_cpusets(int root, const struct kern_cgroup *group, struct err *err)
{
	char prefix[PATH_MAX];
	size_t len = strlen(group->path + 1);

	for (unsigned depth = group->created; depth-- > 0;) {
		auto_close int fd = -1;
		size_t end = len;

		for (unsigned up = 0; up < depth; up++)
			while (group->path[1 + --end] != '/')
				;
		if (depth == 0)
			return cgroup_cpuset_inherit(group->fd, group, false, err);
		memcpy(prefix, group->path + 1, end);
		prefix[end] = '\0';
		fd = cgroup_open_below(root, prefix);
		if (fd < 0)
			return err_system(err, "open", "%s/%s", group->mountpoint, prefix);
		if (cgroup_cpuset_inherit(fd, group, true, err) != 0)
			return -1;
	}
	return 0;
}

static bool may_have_cpuset(const char *controllers)
{
	return !controllers || strstr(controllers, ",cpuset,");
}

static int open_created(int root, struct kern_cgroup *group, const char *controllers, struct err *err)
{
	group->fd = cgroup_open_below(root, group->path + 1);
	if (group->fd < 0)
		return err_system(err, "open", "%s%s", group->mountpoint, group->path);
	if (group->v2)
		return controllers ? cgroup_controllers_enable(root, group, controllers, err) : 0;
	return may_have_cpuset(controllers) ? inherit_cpusets(root, group, err) : 0;
}

static int make_error(const struct kern_cgroup *group, struct err *err)
{
	err_system(err, "mkdir", "%s%s", group->mountpoint, group->path);
	if (err->errnum == EACCES || err->errnum == EPERM)
		err_hint(err, "this user may not make groups there: have the parent delegated, or let systemd make "
			      "the group");
	else if (err->errnum == EROFS)
		err_hint(err, "the cgroup file system is mounted read-only");
	else if (err->errnum == EAGAIN)
		err_hint(err, "cgroup.max.depth or cgroup.max.descendants of a group above is reached");
	return -1;
}

/* With *umask_known the umask is known to do no harm: two calls less for each hierarchy. */
static int make_with_mode(int root, struct kern_cgroup *group, bool *umask_known)
{
	mode_t mask;
	int result;

	if (*umask_known)
		return make_directories(root, group->path + 1, &group->created);
	mask = umask(022);
	result = make_directories(root, group->path + 1, &group->created);
	umask(mask);
	*umask_known = (mask & 0755) == 0;
	return result;
}

/* A group that was made by its path is opened by its path: no link on the way to it, and a cgroup file system. */
static int open_whole(struct kern_cgroup *group, const char *path, struct err *err)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };

	group->fd = above_zero((int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)));
	if (group->fd >= 0 && cgroup_root_check(group->fd, group->mountpoint, &group->v2, err) == 0)
		return 0;
	kern_cgroup_close(group);
	return -1;
}

bool cgroup_whole_path(const struct kern_cgroup *group, const char *file, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s%s%s", group->mountpoint, group->path, file) < PATH_MAX;
}

int cgroup_open_made(struct kern_cgroup *group, struct err *err)
{
	struct kern_cgroup again;
	struct err unused = { 0 };
	char path[PATH_MAX];

	if (group->fd > 0 || (cgroup_whole_path(group, "", path) && open_whole(group, path, &unused) == 0))
		return 0;
	if (kern_cgroup_open(&again, group->mountpoint, group->path, err) != 0)
		return -1;
	group->fd = again.fd;
	group->v2 = again.v2;
	return 0;
}

/*
 * The usual case in one call: one directory is missing, below groups that are
 * there. 1: made, 0: not so, -1 with err. Neither the mount point nor the
 * group is opened for it: most groups of a start are attached to and no more,
 * and finding cgroup.procs in a directory that was just made tells that this
 * is a cgroup file system.
 */
static int create_at_once(struct kern_cgroup *group, const char *controllers, struct err *err)
{
	char path[PATH_MAX];

	if (!cgroup_whole_path(group, "", path) || mkdir(path, 0755) != 0)
		return 0;
	group->created = 1;
	/* A cpuset takes from its parent. */
	if (!may_have_cpuset(controllers) || (open_whole(group, path, err) == 0 && !group->v2 &&
					      cgroup_cpuset_inherit(group->fd, group, false, err) == 0))
		return 1;
	kern_cgroup_close(group);
	group->created = 0;
	rmdir(path);
	return err_is_set(err) ? -1 : 0;
}

int cgroup_create(struct kern_cgroup *group, const char *controllers, bool *umask_known, struct err *err)
{
	auto_close int root = -1;
	int result;

	if (cgroup_path_check(group->path, err) != 0)
		return -1;
	/* A v2 group has controllers enabled above it first: from the root down. */
	if (*umask_known && !group->v2 && controllers) {
		result = create_at_once(group, controllers, err);
		group->fresh = result > 0;
		if (result)
			return result > 0 ? 0 : -1;
	}
	root = cgroup_root_open(group->mountpoint, &group->v2, err);
	if (root < 0)
		return -1;
	result = make_with_mode(root, group, umask_known);
	if (result == 0)
		result = open_created(root, group, controllers, err);
	else
		make_error(group, err);
	if (result != 0) {
		kern_cgroup_close(group);
		undo_create(root, group->path + 1, group->created);
		group->created = 0;
		return -1;
	}
	group->fresh = group->created > 0;
	return 0;
}

int kern_cgroup_create(struct kern_cgroup *group, const char *mountpoint, const char *path,
		       const char *controllers, struct err *err)
{
	bool umask_known = false;

	if (path[0] == '/' && !path[1])
		return kern_cgroup_open(group, mountpoint, path, err);
	*group = (struct kern_cgroup){ .mountpoint = mountpoint, .path = path };
	return cgroup_create(group, controllers, &umask_known, err);
}
