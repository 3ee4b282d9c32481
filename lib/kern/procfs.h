/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One private procfs. Labels, sysctls, id maps and oom_score_adj are written
 * through it and not through a /proc that the container could have mounted
 * something over (CVE-2025-52881). proc(5).
 *
 * The handle is an fd of the procfs root. A path is looked up below it
 * without links and without crossing mounts, so what is reached is procfs.
 */
#ifndef NSTOOLS_KERN_PROCFS_H
#define NSTOOLS_KERN_PROCFS_H

#include <sys/types.h>

struct err;

/*
 * fsopen("proc"), detached, of the caller's pid namespace. Where that is
 * refused (a user namespace without its own pid namespace, a seccomp or
 * AppArmor profile) a private copy of /proc, checked to be the root of a
 * procfs. Returns the fd.
 */
int kern_procfs_open(struct err *err);

/* open(2) below the handle. `path` begins with a pid or a name of /proc, not "self", which is a link. */
int kern_procfs_open_file(int proc, const char *path, int flags, struct err *err);

/* Write value with one write(2), as kernel files want it. */
int kern_procfs_write(int proc, const char *path, const char *value, struct err *err);

/* Read into buf, NUL-terminated, a trailing newline removed. Returns the length. */
ssize_t kern_procfs_read(int proc, const char *path, char *buf, size_t size, struct err *err);

/*
 * The same for a file of the calling process: "oom_score_adj", "attr/exec",
 * "timens_offsets". Its directory is found by reading procfs's own link self.
 */
int kern_procfs_write_self(int proc, const char *file, const char *value, struct err *err);

/* A file of process `pid` (as numbered in the handle's pid namespace): "uid_map", "setgroups". */
int kern_procfs_write_pid(int proc, pid_t pid, const char *file, const char *value, struct err *err);

/*
 * Set a sysctl: "net.ipv4.ip_forward", or with slashes
 * ("net/ipv4/conf/eth0.1/forwarding": the dots are then part of the name).
 * Keys that are empty, absolute, or have a "." or ".." component are refused.
 */
int kern_procfs_sysctl(int proc, const char *key, const char *value, struct err *err);

#endif
