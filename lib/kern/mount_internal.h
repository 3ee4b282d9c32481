/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the mount_*.c files. */
#ifndef NSTOOLS_KERN_MOUNT_INTERNAL_H
#define NSTOOLS_KERN_MOUNT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct mount_attr;
struct kern_fs;
struct kern_mount_attr;

/* As kern_mount_new; mode: a tmpfs's, where data gives none (0: leave). */
int kern_mount_create(const struct kern_fs *fs, const struct kern_mount_attr *attr, mode_t mode,
		      struct err *err);

/* Feed the comma list to a file system context. 0, or -1 with err (op "fsconfig", the option as object). */
int kern_mount_configure(int context, const struct kern_fs *fs, struct err *err);

/* What the kernel wrote into the context's log becomes the hint. Returns -1. */
int kern_mount_explain(int context, const struct kern_fs *fs, struct err *err);

/* After a mount or a label that was refused: what SELinux may have against it goes into the hint. Returns -1. */
int kern_mount_explain_label(const char *label, struct err *err);

/* mount_setattr(2) on the mount itself; what a filter refuses (EPERM) is ENOSYS too. */
int kern_mount_setattr(int mount, struct mount_attr *attr, unsigned flags);

/* A recursive, read-only copy of what is at target, detached, in one call: Linux 6.15. -1 where there is none. */
int kern_mount_tree_readonly(int target);

/* move_mount(2), of a staged mount mount(2). -1 with errno. */
int kern_mount_move(int tree, int target);

/* mount_stage.c: whether a call that failed so can be made up for; a copy as of open_tree, a new one as of
 * fsmount. */
bool kern_mount_stage_may_help(int errnum);
int kern_mount_stage_tree(int dirfd, const char *path, unsigned flags, struct err *err);
int kern_mount_stage_fs(const struct kern_fs *fs, uint64_t attr, mode_t mode, struct err *err);

enum { FD_PATH_SIZE = 32 };

/* "/proc/self/fd/N", for mount(2). Returns buf. */
const char *kern_fd_path(char buf[static FD_PATH_SIZE], int fd);

/* mount_fallback.c: mount(2) straight on the target. */
int kern_mount_fallback_fs(const struct kern_fs *fs, uint64_t attr, int target, mode_t mode, struct err *err);

/* mount_fallback.c: mount(2) instead of mount_setattr, on an attached mount. */
int kern_mount_fallback_set(int fd, const char *name, uint64_t set, uint64_t clear, struct err *err);
int kern_mount_fallback_reconfigure(int fd, const char *name, const struct kern_fs *fs, uint64_t clear,
				    struct err *err);
int kern_mount_fallback_propagation(int fd, const char *name, uint64_t flags, struct err *err);

#endif
