/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's binary out of the container's reach (CVE-2019-5736).
 *
 * A process in a container can name the file a runtime runs from, by
 * /proc/PID/exe or by a script whose first line is "#!/proc/self/exe", and
 * write to it where it is root there. So we never run from the host's file:
 * first of all main() executes itself again from a detached, read-only copy of
 * the *mount* (open_tree of the file itself). Once the descriptor is closed by
 * that execve the copy belongs to no mount namespace: no remount,
 * mount_setattr or fspick can make it writable again, not even by root with
 * CAP_SYS_ADMIN in our own user namespace. Nothing is copied but one mount.
 *
 * Where mounts may not be copied (an unprivileged caller, a kernel without
 * mount_setattr) a sealed memfd takes its place, unless the file could not be
 * written by the caller's ids anyway.
 */
#ifndef NSTOOLS_KERN_SELF_H
#define NSTOOLS_KERN_SELF_H

#include <stdbool.h>

struct err;

/*
 * Make the process non-dumpable (nobody without CAP_SYS_PTRACE over our user
 * namespace may open our /proc/PID/exe, fd, mem) and go on from a protected
 * file. Call it first of all in main(), before anything is opened: where it
 * executes the program again it does not return. argv is handed on, the
 * environment too. 0 when the process is protected, -1 with err.
 */
int kern_self_protect(char *const argv[], struct err *err);

/*
 * Go on as another program of ours, `path`, from a detached read-only copy of
 * its mount where that can be had: it then finds itself protected. Returns only on failure.
 */
int kern_self_become(const char *path, char *const argv[], struct err *err);

/* How our own file is kept safe: "mount", "memfd", "not-writable" or "none". */
const char *kern_self_protection(void);

/*
 * Whether our /proc/self/exe is a detached read-only mount or a sealed memfd
 * already. No system call where the auxiliary vector says it cannot be.
 */
bool kern_self_is_protected(void);

#endif
