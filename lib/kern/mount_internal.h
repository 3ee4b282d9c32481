/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the mount_*.c files. */
#ifndef NSTOOLS_KERN_MOUNT_INTERNAL_H
#define NSTOOLS_KERN_MOUNT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct kern_fs;
struct kern_mount_attr;

/* As kern_mount_new; mode: a tmpfs's, where data gives none (0: leave). */
int kern_mount_create(const struct kern_fs *fs, const struct kern_mount_attr *attr, mode_t mode,
		      struct err *err);

/* Whether fsopen can do all that is asked: not iversion, nor values the kernel cuts at 255 bytes. */
bool kern_mount_fs_fits(const struct kern_fs *fs);

/* Feed the comma list to a file system context. 0, or -1 with err (op "fsconfig", the option as object). */
int kern_mount_configure(int context, const struct kern_fs *fs, struct err *err);

/* What the kernel wrote into the context's log becomes the hint. Returns -1. */
int kern_mount_explain(int context, const struct kern_fs *fs, struct err *err);

/* mount_fallback.c: mount(2) straight on the target. */
int kern_mount_fallback_fs(const struct kern_fs *fs, uint64_t attr, int target, mode_t mode, struct err *err);

/* mount_fallback.c: mount(2) instead of mount_setattr, on an attached mount. */
int kern_mount_fallback_set(int fd, const char *name, uint64_t set, uint64_t clear, struct err *err);
int kern_mount_fallback_propagation(int fd, const char *name, uint64_t flags, struct err *err);

#endif
