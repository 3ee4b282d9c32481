/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/self.h"

/*
 * The kernel names a program run by execveat(fd, "") "/dev/fd/N" (AT_EXECFN).
 * Our own second start has N from here on, so that it is known from a caller's
 * fexecve(): what is not recognised as protected then would not be the next time either.
 */
#define OWN_FD 200
#define EXECFN "/dev/fd/"
#define SELF "/proc/self/exe"
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static const char *execfn(void)
{
	const char *name = (const char *)getauxval(AT_EXECFN); // NOLINT(performance-no-int-to-ptr)

	return name ? name : "";
}

static bool is_sealed(void)
{
	auto_close int fd = open(SELF, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && fcntl(fd, F_GET_SEALS) == SEALS;
}

/* A lower limit on descriptors lowers it; the second start has that limit too. */
static int own_fd(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= OWN_FD ? (int)limit.rlim_cur - 1 : OWN_FD;
}

/*
 * A mount whose root is a file and that hangs nowhere is "/"; no attached
 * mount can be, for the root directory is no executable. Read-only alone
 * would not do: a bind mount can be remounted.
 */
static const char *copy_kind(void)
{
	struct statvfs fs;
	char path[32];
	ssize_t len;

	if (strncmp(execfn(), EXECFN, strlen(EXECFN)) != 0)
		return NULL;
	len = readlink(SELF, path, sizeof(path) - 1);
	if (len <= 0)
		return NULL;
	path[len] = '\0';
	if (strcmp(path, "/") == 0 && statvfs(SELF, &fs) == 0 && (fs.f_flag & ST_RDONLY))
		return "mount";
	if (strncmp(path, "/memfd:", 7) == 0 && is_sealed())
		return "memfd";
	return NULL;
}

bool kern_self_is_protected(void)
{
	return copy_kind();
}

/* A detached read-only mount of a file, or -1. */
static int open_detached(const char *path)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		.propagation = MS_PRIVATE,
	};
	auto_close int tree =
		(int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -1;
	return take_fd(&tree);
}

/* Whether no one but a user that is neither ours nor mapped by us can write to the file. */
static bool is_not_writable(int file)
{
	struct stat st;

	return fstat(file, &st) == 0 && geteuid() != 0 && st.st_uid != geteuid() && st.st_uid != getuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH)) && faccessat(AT_FDCWD, SELF, W_OK, AT_EACCESS) < 0 &&
	       errno != ENOENT;
}

const char *kern_self_protection(void)
{
	const char *kind = copy_kind();
	auto_close int file = kind ? -1 : open(SELF, O_RDONLY | O_CLOEXEC);

	if (kind)
		return kind;
	return file >= 0 && is_not_writable(file) ? "not-writable" : "none";
}

/* A sealed copy of the file in memory, open for reading alone: a descriptor that can write forbids execve. */
static int copy_sealed(int file, struct err *err)
{
	auto_close int copy = memfd_create("nstools", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	char path[64];
	struct stat st;
	off_t done = 0;

	if (copy < 0 && errno == EINVAL)
		copy = memfd_create("nstools", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (copy < 0)
		return err_system(err, "memfd_create", "nstools");
	if (fstat(file, &st) < 0)
		return err_system(err, "fstat", SELF);
	while (done < st.st_size) {
		ssize_t n = sendfile(copy, file, &done, (size_t)(st.st_size - done));

		if (n == 0)
			errno = EIO;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_system(err, "sendfile", SELF);
	}
	if (fchmod(copy, 0500) < 0 || fcntl(copy, F_ADD_SEALS, SEALS) < 0)
		return err_system(err, "fcntl", "F_ADD_SEALS");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", copy);
	file = open(path, O_RDONLY | O_CLOEXEC);
	return file < 0 ? err_system(err, "open", "%s", path) : file;
}

static int execute_again(int fd, char *const argv[], struct err *err)
{
	/* The number is the mark of our own second start; it also keeps clear of 0, 1, 2 where those are
	 * closed. */
	auto_close int own = fcntl(fd, F_DUPFD_CLOEXEC, own_fd());

	if (own < 0) {
		err_system(err, "fcntl", "F_DUPFD_CLOEXEC %d", OWN_FD);
		return err_hint(err, "more than %d open files must be allowed (RLIMIT_NOFILE, ulimit -n)", OWN_FD);
	}
	syscall(SYS_execveat, own, "", argv, environ, AT_EMPTY_PATH);
	err_system(err, "execveat", SELF);
	if (err->errnum == EACCES)
		err_hint(err, "nstools runs from a protected copy of itself; vm.memfd_noexec or a noexec "
			      "mount forbids that");
	return -1;
}

/* Before kernel 6.14 execveat(fd, "") leaves the number of the descriptor as the process' name. */
static void restore_name(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	if (argv0)
		prctl(PR_SET_NAME, slash ? slash + 1 : argv0, 0, 0, 0);
}

int kern_self_protect(char *const argv[], struct err *err)
{
	auto_close int file = -1;
	auto_close int fd = -1;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_system(err, "prctl", "PR_SET_DUMPABLE");
	if (kern_self_is_protected()) {
		restore_name(argv[0]);
		return 0;
	}
	if (strncmp(execfn(), EXECFN, strlen(EXECFN)) == 0 && atoi(execfn() + strlen(EXECFN)) >= own_fd())
		return err_set(err, ERR_UNSUPPORTED, "protect", "%s is not recognised as a protected copy",
			       SELF);
	fd = open_detached(SELF);
	if (fd < 0) {
		file = open(SELF, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			return err_system(err, "open", SELF);
		if (is_not_writable(file))
			return 0;
		fd = copy_sealed(file, err);
		if (fd < 0)
			return -1;
	}
	return execute_again(fd, argv, err);
}

int kern_self_become(const char *path, char *const argv[], struct err *err)
{
	auto_close int tree = open_detached(path);
	auto_close int own = tree < 0 ? -1 : fcntl(tree, F_DUPFD_CLOEXEC, own_fd());

	if (own >= 0)
		syscall(SYS_execveat, own, "", argv, environ, AT_EMPTY_PATH);
	/* It protects itself then. */
	execv(path, argv);
	return err_system(err, "execve", "%s", path);
}
