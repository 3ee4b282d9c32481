/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounts, by file descriptor only: fsopen(2), open_tree(2), move_mount(2),
 * mount_setattr(2). A mount is made detached, given its attributes, and then
 * attached to the very directory (or file) that was looked up. mount_fallback.c
 * has mount(2) for kernels and seccomp profiles without these calls.
 *
 * Nothing here allocates. MOUNT_ATTR_* are of sys/mount.h, MS_* those of mount(2).
 */
#ifndef NSTOOLS_KERN_MOUNT_H
#define NSTOOLS_KERN_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kern_parent;

/* A new file system. */
struct kern_fs {
	const char *type;
	const char *source;   /* as mountinfo shows it; NULL: the type */
	const char *data;     /* comma-separated options, or NULL */
	const char *label;    /* SELinux: context="label", or NULL */
	uint64_t super_flags; /* MS_RDONLY, MS_SYNCHRONOUS, MS_DIRSYNC, MS_MANDLOCK, MS_LAZYTIME, ... */
};

struct kern_mount_attr {
	uint64_t set, clear;			  /* MOUNT_ATTR_*: the mount itself */
	uint64_t set_recursive, clear_recursive; /* and all mounts below it; applied after the former */
	const uint64_t *propagation;		  /* MS_* | MS_REC, in order, last of all */
	size_t propagation_count;
	/*
	 * A tree cloned from the host is a peer of the host's mount: a mount made below it would appear on
	 * the host. Attaching therefore makes it a slave, recursively, unless this is set (shared propagation).
	 */
	bool keep_peers;
};

/*
 * A new file system, detached. attr: its attributes (`set` and `set_recursive`
 * are one here), or NULL. The kernel's own words (read from the fs context) go
 * into the hint. Returns the mount's fd.
 */
int kern_mount_new(const struct kern_fs *fs, const struct kern_mount_attr *attr, struct err *err);

enum { KERN_TREE_RECURSIVE = 1, KERN_TREE_NOFOLLOW = 2 };

/* A detached copy of what is at `path` below dirfd (AT_FDCWD: the caller's own); "": dirfd itself. */
int kern_mount_tree_open(int dirfd, const char *path, unsigned flags, struct err *err);

/* Attach a detached mount on `target` (an fd of the caller's mount namespace); `name` is for messages. */
int kern_mount_attach(int tree, int target, const char *name, const struct kern_mount_attr *attr,
		      struct err *err);

/* Change a mount that is attached or detached, in the order of the struct's fields. */
int kern_mount_change(int mount, const char *name, const struct kern_mount_attr *attr, struct err *err);

/*
 * Map the ids of a detached tree by a user namespace (ridmap: recursive). Needs CAP_SYS_ADMIN over the file
 * system's own user namespace: the parent does it, the child's copy of the fd sees it.
 */
int kern_mount_idmap(int tree, int userns, bool recursive, const char *name, struct err *err);

/* Options of kern_mount_at. */
enum {
	KERN_MOUNT_REFUSE_SYMLINK = 1, /* the target itself must be a directory, not a link: proc and sysfs */
	KERN_MOUNT_NOFOLLOW = 2,       /* a target that is a link itself is not followed */
	KERN_MOUNT_COPY_UP = 4,	       /* tmpcopyup: the new file system gets what its target holds */
	KERN_MOUNT_COPY_SYMLINK = 8,   /* a tree that is a link (opened NOFOLLOW): make the same link */
	KERN_MOUNT_SYS_BIND = 16,      /* sysfs refused (EPERM): the host's /sys recursively, read-only */
	KERN_MOUNT_LABEL_ROOT = 32,    /* fs->label is the root's alone: the file system is older (mqueue) */
};

/* One entry of the mounts list. */
struct kern_mount {
	const char *destination;   /* in the root; made as directory or file where missing */
	const struct kern_fs *fs;  /* a new file system, or */
	int tree;		   /* a detached tree, when fs is NULL */
	unsigned flags;		   /* KERN_MOUNT_* */
	struct kern_mount_attr attr;
	struct kern_parent *beside; /* with fs: see struct kern_path_made; or NULL */
};

/*
 * Find or make the destination below `root`, then mount there. A tmpfs
 * without mode= takes the mode of the directory it covers if that existed.
 * The tree's fd stays the caller's.
 */
int kern_mount_at(int root, const struct kern_mount *mount, struct err *err);

/*
 * The option "remount": the mount found at `destination` gets attr; with fs
 * (data, super_flags) its superblock is reconfigured too.
 */
int kern_mount_remount(int root, const char *destination, const struct kern_fs *fs,
		       const struct kern_mount_attr *attr, struct err *err);

#endif
