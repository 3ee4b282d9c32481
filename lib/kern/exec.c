/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/constants.h"
#include "kern/exec.h"

static int fail(struct err *err, int errnum, const char *op, const char *name)
{
	errno = errnum;
	err_system(err, op, "%s", name);
	err->kind = ERR_EXEC;
	return -1;
}

/* Before kernel 6.14, and where a filter does not know the flag. */
static int check_by_access(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EACCES;
		return -1;
	}
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS);
}

/* Whether the kernel would execute this file: permission, type, noexec mounts, security modules. */
static int check(const char *path)
{
	/* An argv without argv[0] would bring a warning into the kernel's log. */
	const char *const args[] = { path, NULL };

	if (syscall(SYS_execveat, AT_FDCWD, path, args, args + 1, AT_EXECVE_CHECK) == 0)
		return 0;
	if (errno == EINVAL || errno == ENOSYS || errno == EPERM)
		return check_by_access(path);
	return -1;
}

/* env's PATH; of two the last one counts, as with every variable of a spec. */
static const char *find_path(const char *const *env)
{
	const char *path = "/bin:/usr/bin";

	for (; env && *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			path = *env + 5;
	return path;
}

/* Put directory (len bytes; none is ".") and name together. 0, or -1 where that is too long. */
static int join(char path[PATH_MAX], const char *directory, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	if (len + 1 + name_len >= PATH_MAX)
		return -1;
	memcpy(path, directory, len);
	if (len)
		path[len++] = '/';
	memcpy(path + len, name, name_len + 1);
	return 0;
}

/* The words that engines look for (podman, Docker: status 127). */
static int not_in_path(struct err *err, const char *name)
{
	if (err->kind)
		return -1;
	err_set(err, ERR_EXEC, "execute", "executable file not found in $PATH");
	err_object(err, "%s", name);
	err->errnum = ENOENT;
	return err_hint(err, "there is no such program in the container's PATH");
}

static int search(const char *name, const char *directories, char path[PATH_MAX], struct err *err)
{
	int denied = 0;
	int errnum;

	for (;;) {
		size_t len = strcspn(directories, ":");

		if (join(path, directories, len, name) == 0) {
			if (check(path) == 0)
				return 0;
			/* As execvp(3): what is not there is passed over; a file without permission is
			 * remembered. */
			errnum = errno;
			if (errnum == EACCES)
				denied = errnum;
			else if (errnum != ENOENT && errnum != ENOTDIR && errnum != ENODEV &&
				 errnum != ELOOP && errnum != ESTALE && errnum != ENAMETOOLONG)
				return fail(err, errnum, "execute", path);
		}
		if (!directories[len])
			break;
		directories += len + 1;
	}
	if (!denied)
		return not_in_path(err, name);
	fail(err, denied, "execute", name);
	return err_hint(err, "the files of that name in the container's PATH may not be executed");
}

int kern_exec_find(const char *name, const char *const *env, char path[PATH_MAX], struct err *err)
{
	if (!*name)
		return fail(err, ENOENT, "execute", "\"\"");
	if (!strchr(name, '/'))
		return search(name, find_path(env), path, err);
	if (join(path, "", 0, name) < 0)
		return fail(err, ENAMETOOLONG, "execute", name);
	if (check(path) == 0)
		return 0;
	fail(err, errno == ENOTDIR ? ENOENT : errno, "execute", name);
	return err->errnum == ENOENT ? err_hint(err, "there is no such file in the container") : -1;
}

int kern_exec_chdir(const char *path, struct err *err)
{
	char where[PATH_MAX];
	long len;

	if (chdir(path) < 0) {
		err_system(err, "chdir", "%s", path);
		if (err->errnum == ENOENT)
			err_hint(err, "the working directory must exist in the container");
		return -1;
	}
	/*
	 * The system call, as getcwd(3) may walk up instead: it says "(unreachable)" when the directory lies
	 * outside our root, and ENOENT when it was removed.
	 */
	len = syscall(SYS_getcwd, where, sizeof(where));
	if (len < 0)
		return err_system(err, "getcwd", "%s", path);
	if (where[0] != '/') {
		err_set(err, ERR_UNSUPPORTED, "chdir", "the working directory is outside the container");
		return err_object(err, "%s", path);
	}
	return 0;
}

int kern_exec(const char *path, const char *const *args, const char *const *env, struct err *err)
{
	int errnum;

	execve(path, (char *const *)args, (char *const *)env);
	errnum = errno;
	fail(err, errnum, "execve", path);
	if (errnum == ENOENT && access(path, F_OK) == 0)
		err_hint(err,
			 "the file exists: its interpreter (after \"#!\") or its dynamic loader does not");
	if (errnum == ENOEXEC)
		err_hint(err, "neither a program for this machine nor a script that begins with \"#!\"");
	if (errnum == E2BIG)
		err_hint(err,
			 "arguments and environment are too large together, or one of them is over 128 KiB");
	return -1;
}
