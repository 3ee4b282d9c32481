/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities of linux/capability.h by number, the first is 0: for tables. Without includes. */
#ifndef NSTOOLS_BASE_CAPABILITY_H
#define NSTOOLS_BASE_CAPABILITY_H

/* clang-format off */
#define CAPABILITY_LIST(X) \
	X(CHOWN) \
	X(DAC_OVERRIDE) \
	X(DAC_READ_SEARCH) \
	X(FOWNER) \
	X(FSETID) \
	X(KILL) \
	X(SETGID) \
	X(SETUID) \
	X(SETPCAP) \
	X(LINUX_IMMUTABLE) \
	X(NET_BIND_SERVICE) \
	X(NET_BROADCAST) \
	X(NET_ADMIN) \
	X(NET_RAW) \
	X(IPC_LOCK) \
	X(IPC_OWNER) \
	X(SYS_MODULE) \
	X(SYS_RAWIO) \
	X(SYS_CHROOT) \
	X(SYS_PTRACE) \
	X(SYS_PACCT) \
	X(SYS_ADMIN) \
	X(SYS_BOOT) \
	X(SYS_NICE) \
	X(SYS_RESOURCE) \
	X(SYS_TIME) \
	X(SYS_TTY_CONFIG) \
	X(MKNOD) \
	X(LEASE) \
	X(AUDIT_WRITE) \
	X(AUDIT_CONTROL) \
	X(SETFCAP) \
	X(MAC_OVERRIDE) \
	X(MAC_ADMIN) \
	X(SYSLOG) \
	X(WAKE_ALARM) \
	X(BLOCK_SUSPEND) \
	X(AUDIT_READ) \
	X(PERFMON) \
	X(BPF) \
	X(CHECKPOINT_RESTORE)
/* clang-format on */

#endif
