/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a new group needs from those above: v2 controllers, v1 cpusets. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"

#define LIST_MAX 256

/* Is the word one of the space-separated ones? */
static bool has_word(const char *list, const char *word, size_t len)
{
	const char *at = list;

	while (*at) {
		size_t n = strcspn(at, " \n");

		if (n == len && memcmp(at, word, len) == 0)
			return true;
		at += n + (at[n] != '\0');
	}
	return false;
}

/* Of ",cpu,memory," those that the list lacks, as "+cpu +memory"; returns its length. */
static size_t missing_from(const char *list, const char *controllers, char *out)
{
	size_t used = 0;
	const char *at = controllers;

	out[0] = '\0';
	while (*at) {
		size_t len = strcspn(at, ",");

		if (len > 0 && used + len + 3 < LIST_MAX && !has_word(list, at, len)) {
			used += (size_t)snprintf(out + used, LIST_MAX - used, "%s+%.*s", used ? " " : "",
						 (int)len, at);
		}
		at += len + (at[len] == ',');
	}
	return used;
}

static int enable_error(int dirfd, const char *place, const char *missing, struct err *err)
{
	char available[LIST_MAX] = "";

	err_system(err, "enable controllers", "%s in %s/cgroup.subtree_control", missing, place);
	switch (err->errnum) {
	case EBUSY:
		return err_hint(err, "%s has processes of its own, and cgroup v2 gives controllers only to the "
				     "children of a group without processes (\"no internal processes\"): move them "
				     "into a group below it, or have systemd make the group (--systemd-cgroup)", place);
	case ENOENT:
	case EINVAL:
		file_read_small(dirfd, "cgroup.controllers", available, sizeof(available));
		return err_hint(err, "%s has only these controllers: %s; others are used by a v1 hierarchy, not in "
				     "this kernel, or not enabled by the group above", place,
				available[0] ? available : "(none)");
	case EOPNOTSUPP:
		return err_hint(err, "%s is a threaded group, which takes no such controller", place);
	case EACCES:
	case EPERM:
		return err_hint(err, "%s is not delegated to this user", place);
	default:
		return -1;
	}
}

/*
 * The kernel refuses most controllers with EBUSY where the group has processes, but not cpu and pids: it makes
 * the group a threaded domain by that, whose children take neither processes nor other controllers any more
 * (cgroup-v2.rst, "Threads"), and who asked would learn it only then. The root, which has no cgroup.type, may
 * have processes.
 */
static bool gives_nothing(int dirfd)
{
	char text[32];

	if (file_read_small(dirfd, "cgroup.type", text, sizeof(text)) < 0)
		return false;
	errno = EOPNOTSUPP;
	if (strcmp(text, "domain") != 0)
		return true;
	errno = EBUSY;
	return file_read_small(dirfd, "cgroup.procs", text, sizeof(text)) > 0;
}

static int enable_in(int root, const struct kern_cgroup *group, const char *prefix, const char *controllers,
		     struct err *err)
{
	auto_close int fd = cgroup_open_below(root, prefix);
	char enabled[LIST_MAX], missing[LIST_MAX], place[PATH_MAX + 256];

	snprintf(place, sizeof(place), "%s%s%s", group->mountpoint, prefix[0] ? "/" : "", prefix);
	if (fd < 0)
		return err_system(err, "open", "%s", place);
	if (file_read_small(fd, "cgroup.subtree_control", enabled, sizeof(enabled)) < 0)
		return err_system(err, "read", "%s/cgroup.subtree_control", place);
	if (missing_from(enabled, controllers, missing) == 0)
		return 0;
	if (!gives_nothing(fd) && file_write_at(fd, "cgroup.subtree_control", missing) == 0)
		return 0;
	return enable_error(fd, place, missing, err);
}

int cgroup_controllers_enable(int root, const struct kern_cgroup *group, const char *controllers,
			      struct err *err)
{
	char available[LIST_MAX], missing[LIST_MAX], prefix[PATH_MAX];
	const char *path = group->path + 1;

	if (file_read_small(group->fd, "cgroup.controllers", available, sizeof(available)) < 0)
		return err_system(err, "read", "%s%s/cgroup.controllers", group->mountpoint, group->path);
	/* The usual case from the second container on: the groups above have done it. */
	if (missing_from(available, controllers, missing) == 0)
		return 0;
	for (size_t len = 0;;) {
		memcpy(prefix, path, len);
		prefix[len] = '\0';
		if (enable_in(root, group, prefix, controllers, err) != 0)
			return -1;
		len += len > 0;
		len += strcspn(path + len, "/");
		if (!path[len])
			return 0;
	}
}

enum { NO_FILE = 1, NOTHING_ABOVE = 2 };

/*
 * ".." is the parent: the group is at least one below the root, and cgroup
 * file systems have no links. NO_FILE, NOTHING_ABOVE: the parent's is empty,
 * -1 with errno.
 */
static int inherit_file(int dirfd, const char *file)
{
	char value[4096], parent_file[32] = "../";

	strncat(parent_file, file, sizeof(parent_file) - sizeof("../"));
	if (file_read_small(dirfd, parent_file, value, sizeof(value)) < 0)
		return errno == ENOENT ? NO_FILE : -1;
	return value[0] ? file_write_at(dirfd, file, value) : NOTHING_ABOVE;
}

/*
 * A group without CPUs holds no process: where the one above has none, it was
 * made and not filled, by one who was killed or is about to. It gets what its
 * own parent has.
 */
static int inherit(int dirfd, const struct kern_cgroup *group, const char *file, struct err *err)
{
	int result = inherit_file(dirfd, file);

	if (result == NOTHING_ABOVE) {
		auto_close int parent = openat(dirfd, "..", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (parent < 0)
			return err_system(err, "open", "%s%s/..", group->mountpoint, group->path);
		if (cgroup_cpuset_inherit(parent, group, true, err) != 0)
			return -1;
		result = inherit_file(dirfd, file);
	}
	if (result < 0)
		return err_system(err, "copy from the parent", "%s%s/%s", group->mountpoint, group->path, file);
	return result;
}

int cgroup_cpuset_inherit(int dirfd, const struct kern_cgroup *group, bool hand_on, struct err *err)
{
	/* Where the parent's cgroup.clone_children has done it, it is the same values once more. */
	int result = inherit(dirfd, group, "cpuset.cpus", err);

	if (result == NO_FILE)
		return 0; /* not a cpuset hierarchy */
	if (result < 0 || inherit(dirfd, group, "cpuset.mems", err) < 0)
		return -1;
	if (hand_on && file_write_at(dirfd, "cgroup.clone_children", "1") != 0)
		return err_system(err, "write", "%s%s/../cgroup.clone_children", group->mountpoint, group->path);
	return 0;
}
