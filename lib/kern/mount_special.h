/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts put together from several: cgroup v1 trees, overlays, and a tmpfs filled from what it covers. */
#ifndef NSTOOLS_KERN_MOUNT_SPECIAL_H
#define NSTOOLS_KERN_MOUNT_SPECIAL_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct kern_mount_attr;

/* One hierarchy of a v1 or hybrid host. */
struct kern_cgroup_bind {
	const char *mountpoint;	 /* on the host: "/sys/fs/cgroup/memory" */
	const char *path;	 /* the container's cgroup below it, "/" first */
	const char *other_path;	 /* bound where there is no such cgroup; may be NULL */
	const char *controllers; /* v1, ",cpu,cpuacct,": made links to it */
	bool v2;
};

struct kern_cgroup_binds {
	const struct kern_cgroup_bind *items;
	size_t count;
	const struct kern_mount_attr *attr; /* to each bind and, once filled, to the tmpfs; may be NULL */
};

/*
 * The mount "cgroup" where v1 hierarchies are in use: at `destination` a
 * small tmpfs with a directory for each hierarchy, on each of which the
 * container's own cgroup of it is bound (on a hybrid host also the v2 one, as
 * "unified"), and a link for each merged controller. Everything is made below
 * the tmpfs's fd.
 */
int kern_mount_cgroup_v1(int root, const char *destination, const struct kern_cgroup_binds *binds,
			 struct err *err);

/*
 * An overlay of `lower` (absolute, topmost first; ends in NULL), detached.
 * upper and work NULL: both on a tmpfs of its own that vanishes with the
 * overlay; before Linux 6.15 this needs a mount namespace of the caller's own.
 * Returns the mount's fd. Documentation/filesystems/overlayfs.rst.
 */
int kern_mount_overlay(const char *const *lower, const char *upper, const char *work, struct err *err);

/* Copy what the directory `from` holds into the directory `to`: modes, owners, times, links, xattrs. */
int kern_copy_tree(int from, int to, const char *name, struct err *err);

#endif
