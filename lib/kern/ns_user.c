/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/ns.h"
#include "kern/procfs.h"

/* As fork(2), without the C library's handlers: the child makes system calls only. */
static pid_t clone_flags(unsigned long flags)
{
#if defined(__s390x__)
	return (pid_t)syscall(SYS_clone, NULL, flags, NULL, NULL, 0UL);
#else
	return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, 0UL);
#endif
}

/* A process that does nothing, in a user namespace of its own. */
static pid_t start_holder(struct err *err)
{
	pid_t parent = getpid();
	pid_t pid = clone_flags(CLONE_NEWUSER | SIGCHLD);

	if (pid < 0) {
		err_system(err, "clone", "user namespace");
		return err_hint(
			err, "a limit of user.max_user_namespaces, or a user namespace is not allowed here");
	}
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static void stop_holder(pid_t pid)
{
	int saved = errno;

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	errno = saved;
}

static int map_and_open(int proc, pid_t pid, const char *uid_map, const char *gid_map, struct err *err)
{
	auto_close int directory = -1;
	char name[16];

	if (kern_procfs_write_pid(proc, pid, "uid_map", uid_map, err) ||
	    kern_procfs_write_pid(proc, pid, "gid_map", gid_map, err)) {
		err_hint(err, "ids of a map must exist outside, and ranges must not overlap");
		return -1;
	}
	snprintf(name, sizeof(name), "%d", (int)pid);
	directory = kern_procfs_open_file(proc, name, O_PATH | O_DIRECTORY, err);
	return directory < 0 ? -1 : kern_ns_open_pid(directory, CLONE_NEWUSER, err);
}

int kern_ns_user_create(int proc, const char *uid_map, const char *gid_map, struct err *err)
{
	pid_t pid = start_holder(err);
	int ns;

	if (pid < 0)
		return -1;
	ns = map_and_open(proc, pid, uid_map, gid_map, err);
	stop_holder(pid);
	return ns;
}
