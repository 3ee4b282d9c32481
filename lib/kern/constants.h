/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constants and structs of newer kernels that the headers of Debian 12 (Linux
 * 6.1, glibc 2.36) lack, and those that need two headers which cannot be
 * included together. Every entry is guarded and names where it comes from.
 */
#ifndef NSTOOLS_KERN_CONSTANTS_H
#define NSTOOLS_KERN_CONSTANTS_H

#include <sched.h>
#include <sys/mount.h>

/* ---- mounts: include/uapi/linux/mount.h -------------------------------- */

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000 /* include/uapi/linux/fcntl.h */
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000 /* Linux 5.14 */
#endif
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x00000200 /* Linux 6.5 */
#endif
#ifndef MS_LAZYTIME
#define MS_LAZYTIME (1 << 25) /* in linux/mount.h, which conflicts with sys/mount.h */
#endif
#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256 /* Linux 5.10 */
#endif

/* ---- file system magics: include/uapi/linux/magic.h and the file systems - */

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202 /* ipc/mqueue.c */
#endif

/* ---- namespaces: include/uapi/linux/sched.h ------------------------------ */

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080 /* Linux 5.6 */
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL /* Linux 5.7; linux/sched.h conflicts with sched.h */
#endif

#endif
