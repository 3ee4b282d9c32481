/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device nodes, fifos and links of the container's /dev, made below the fd of
 * the directory they lie in, which is looked up inside the root
 * (CVE-2026-41579: an image whose /dev is a link). mknod(2), symlink(2).
 */
#ifndef NSTOOLS_KERN_DEVICE_H
#define NSTOOLS_KERN_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct kern_parent;

struct kern_device {
	const char *path; /* in the root */
	mode_t mode;	  /* S_IFCHR, S_IFBLK or S_IFIFO, and permissions */
	uint32_t major, minor;
	uint32_t uid, gid;
};

/*
 * Make the node with exactly this mode (whatever the umask) and owner. One
 * that is there already must be of the same type and number; it then only
 * gets mode and owner. EEXIST with a message when it is something else.
 * `last`: see kern/path.h.
 */
int kern_device_make(struct kern_parent *last, int root, const struct kern_device *device, struct err *err);

/*
 * Where mknod is not allowed (user namespaces): bind the host's node of the
 * same path. `node` is a detached tree of it opened by the caller, or -1:
 * opened here, by path ("/" must still be the host's). Type and number are
 * checked on the fd that is bound; nosuid and noexec are set on the bind.
 */
int kern_device_bind(int root, const struct kern_device *device, int node, struct err *err);

enum {
	KERN_LINK_IF_TARGET = 1, /* only when what it points to exists in the root; else do nothing */
	KERN_LINK_REPLACE = 2,	 /* what stands there goes (not a directory, not a mount) */
	KERN_LINK_EXACT = 4,	 /* anything else than this very link is EEXIST */
};

struct kern_link {
	const char *path; /* in the root */
	const char *target;
	unsigned flags; /* KERN_LINK_* */
};

/*
 * A symbolic link. What is there already is left alone, unless REPLACE
 * or EXACT: then it stays only when it is a link that says the same.
 */
int kern_device_link(struct kern_parent *last, int root, const struct kern_link *link, struct err *err);

#endif
