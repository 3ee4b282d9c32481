/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constants and structs of newer kernels that the headers of Debian 12 (Linux
 * 6.1, glibc 2.36) lack, and those that need two headers which cannot be
 * included together. Every entry is guarded and names where it comes from.
 */
#ifndef NSTOOLS_KERN_CONSTANTS_H
#define NSTOOLS_KERN_CONSTANTS_H

#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
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

/* ---- execve, memfd: include/uapi/linux/fcntl.h, memfd.h ------------------- */

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000 /* Linux 6.14 */
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3: with vm.memfd_noexec=1 other memfds are not executable */
#endif

/* ---- pidfds: include/uapi/linux/pidfd.h (Linux 6.13, exit_code: 6.15) ------ */

struct kern_pidfd_info {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
};
#define KERN_PIDFD_INFO_PID 1U
#define KERN_PIDFD_INFO_EXIT 8U
#define KERN_PIDFD_GET_INFO _IOWR(0xFF, 11, struct kern_pidfd_info)

#define KERN_PIDFS_MAGIC 0x50494446 /* include/uapi/linux/magic.h, Linux 6.9 */

/* ---- handles of namespaces: include/uapi/linux/nsfs.h, fcntl.h, exportfs.h (Linux 6.18) -- */

struct kern_nsfs_handle {
	uint64_t ns_id;
	uint32_t ns_type, ns_inum; /* CLONE_NEW*; 0: any */
};
enum { KERN_FILEID_NSFS = 0xf1, KERN_FD_NSFS_ROOT = -10003 };
/* ---- Landlock: include/uapi/linux/landlock.h (net: Linux 6.7, scoped: 6.12) - */

struct kern_landlock_ruleset_attr {
	uint64_t handled_access_fs, handled_access_net, scoped;
};
struct kern_landlock_net_port_attr {
	uint64_t allowed_access, port;
};
#define KERN_LANDLOCK_RULE_NET_PORT 2

/* ---- sched_setattr: include/uapi/linux/sched/types.h, which clashes with sched.h -- */

struct kern_sched_attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

#endif
