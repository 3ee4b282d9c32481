/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls that glibc 2.36 has no wrapper for. Each returns what the kernel does, errno set. */
#ifndef NSTOOLS_KERN_SYSCALL_H
#define NSTOOLS_KERN_SYSCALL_H

#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static inline int sys_openat2(int dirfd, const char *path, const struct open_how *how)
{
	return (int)syscall(SYS_openat2, dirfd, path, how, sizeof(*how));
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

static inline int sys_pidfd_open(pid_t pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static inline ssize_t sys_getdents64(int fd, void *buf, size_t size)
{
	return (ssize_t)syscall(SYS_getdents64, fd, buf, size);
}

/* Linux 6.15; open_tree(2) and mount_setattr(2) in one. ENOSYS before. */
static inline int sys_open_tree_attr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr)
{
	return (int)syscall(467 /* the same number on every architecture */, dirfd, path, flags, attr, sizeof(*attr));
}

/* Linux 6.6; chmod of what an O_PATH fd holds. ENOSYS before. */
static inline int sys_fchmodat2(int dirfd, const char *path, mode_t mode, int flags)
{
	return (int)syscall(452 /* the same number on every architecture */, dirfd, path, mode, flags);
}

#endif
