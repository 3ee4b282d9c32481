/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The container's program: found in the container, by the container's PATH.
 * All of it runs in the child: nothing is allocated. Errors are ERR_EXEC:
 * errnum ENOENT where there is no such program (exit status 127), another
 * where it cannot be executed (126).
 */
#ifndef NSTOOLS_KERN_EXEC_H
#define NSTOOLS_KERN_EXEC_H

#include <limits.h>

struct err;

/*
 * Where `name` is: a name with a slash is taken as it is (relative to the
 * working directory); another is searched in env's PATH, as execvp(3) does,
 * "/bin:/usr/bin" without one. Directories and files without permission
 * are passed over and remembered: EACCES when there is nothing else. Checked by
 * AT_EXECVE_CHECK (kernel 6.14) or by access(2) and type. path holds PATH_MAX.
 */
int kern_exec_find(const char *name, const char *const *env, char path[PATH_MAX], struct err *err);

/*
 * chdir(2), and then see that the working directory is inside the container:
 * absolute and reachable (CVE-2024-21626: "/proc/self/fd/7" leads out).
 */
int kern_exec_chdir(const char *path, struct err *err);

/* execve(2). Returns only on failure. env is handed on as it is. */
int kern_exec(const char *path, const char *const *args, const char *const *env, struct err *err);

#endif
