/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux.maskedPaths and linux.readonlyPaths. A file is masked by /dev/null,
 * a directory by an empty read-only tmpfs; one of each, shared by all.
 *
 * The null device is the host's, opened and checked before the root changes:
 * the container's own /dev/null may be a link to what must be masked
 * (CVE-2025-31133). Links in the paths are followed inside the root.
 */
#ifndef NSTOOLS_KERN_MASK_H
#define NSTOOLS_KERN_MASK_H

#include <stdbool.h>

struct err;

struct kern_masks {
	int null;  /* a copy of the mount of /dev/null, that file alone; -1: not opened yet */
	int empty; /* an empty, read-only tmpfs; -1: not needed yet */
	/* The first use attaches the mount itself, later ones a copy: what is detached cannot be copied. */
	bool null_attached, empty_attached;
	const char *label; /* SELinux: context= of the tmpfs, or NULL */
	int copy; /* of null, made and not used: the path was a directory; -1: none */
};
#define KERN_MASKS_NONE { .null = -1, .empty = -1, .copy = -1 }

/* Open and check /dev/null (character device 1:3) while "/" is still the host's. */
int kern_mask_open(struct kern_masks *masks, struct err *err);

/* Mask one path below root. A path that is not there is no error. */
int kern_mask_path(struct kern_masks *masks, int root, const char *path, struct err *err);

/* Make one path below root (and what is mounted below it) read-only. A path that is not there is no error. */
int kern_mask_readonly(int root, const char *path, struct err *err);

void kern_mask_close(struct kern_masks *masks);

#endif
