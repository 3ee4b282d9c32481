/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's root: attach it, make it "/", let go of the host's. */
#ifndef NSTOOLS_KERN_ROOT_H
#define NSTOOLS_KERN_ROOT_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/*
 * Propagation of "/" in the new mount namespace, before anything else is
 * mounted: MS_SLAVE|MS_REC or MS_PRIVATE|MS_REC, so that nothing of the
 * container's reaches the host. After the pivot: of the container's root
 * (rootfsPropagation: only then, since pivot_root(2) refuses a shared root).
 */
int kern_root_propagation(uint64_t flags, struct err *err);

/*
 * Attach the detached root tree (kern_mount_tree_open, kern_mount_overlay).
 * Hooks enter the namespace and expect the container's files at the root's
 * path, so it goes there. Where that cannot be reached (path NULL, or a user
 * namespace that may not search its parents) it goes over "/", which needs no
 * look-up. Either way `tree` then is the root's fd: all later steps are below
 * it. keep_peers: "/" was left shared (rootfsPropagation); then over "/" too,
 * and only the mounts below the root's own stay peers of the host's.
 */
int kern_root_attach(int tree, const char *path, bool keep_peers, struct err *err);

/* Read-only, the root mount alone; submounts keep their own flags. */
int kern_root_readonly(int root, struct err *err);

/*
 * pivot_root(2) to `root` and detach the old root; afterwards "/" and the
 * working directory are the container's root. no_pivot: MS_MOVE and chroot,
 * for a host whose own root is the initramfs (the old root then stays, out of sight).
 */
int kern_root_pivot(int root, bool no_pivot, struct err *err);

/* chroot to a directory, and stand in it: nothing is mounted or moved. */
int kern_root_enter(const char *path, struct err *err);

#endif
