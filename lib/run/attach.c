/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The target, and processes: fork, wait, end as another ended. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/ns.h"
#include "kern/pidfd.h"
#include "run/attach.h"
#include "run/attach_internal.h"

_Static_assert((int)RUN_ATTACH_NS_COUNT == (int)KERN_NS_COUNT, "one place a kind of namespace");

int attach_fail(struct err *err, const char *format, ...)
{
	int errnum = errno;
	char text[sizeof(err->message)];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (!err_is_set(err)) {
		err_set(err, ERR_SYSTEM, "", "%s", text);
		err->errnum = errnum;
	}
	return -1;
}

int attach_fail_plain(struct err *err, const char *format, ...)
{
	char text[sizeof(err->message)];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return err_set(err, ERR_USAGE, "", "%s", text);
}

void run_attach_init(struct run_attach *attach)
{
	*attach = (struct run_attach){ .pidfd = -1, .process = -1, .root.fd = -1, .wd.fd = -1 };
	for (int i = 0; i < RUN_ATTACH_NS_COUNT; i++)
		attach->ns[i].fd = -1;
}

int run_attach_target(struct run_attach *attach, pid_t pid, uint64_t inode, struct err *err)
{
	struct err refused = { 0 };
	uint64_t own = 0;

	attach->pid = pid;
	attach->pidfd = kern_pidfd_open(pid, &refused);
	/* Without an inode what is missing is told when it is needed, as a file of /proc/PID. */
	if (!inode)
		return 0;
	if (attach->pidfd < 0 || kern_pidfd_inode(attach->pidfd, &own, &refused)) {
		errno = refused.errnum;
		attach_fail(err, "failed to obtain a valid file descriptor for PID %d", (int)pid);
		return *refused.hint ? err_hint(err, "%s", refused.hint) : -1;
	}
	if (own == inode)
		return 0;
	errno = ESRCH;
	attach_fail(err, "failed to obtain a valid file descriptor for PID %d", (int)pid);
	return err_hint(err, "the process of that PID has the inode number %llu", (unsigned long long)own);
}

int attach_check(const struct run_attach *attach, struct err *err)
{
	/* EPERM says that it is there. */
	if (attach->pidfd < 0 || syscall(SYS_pidfd_send_signal, attach->pidfd, 0, NULL, 0) == 0 || errno == EPERM)
		return 0;
	return attach_fail(err, "cannot open /proc/%d", (int)attach->pid);
}

int attach_process(struct run_attach *attach, struct err *err)
{
	char path[32];

	if (attach->process >= 0)
		return attach->process;
	snprintf(path, sizeof(path), "/proc/%d", (int)attach->pid);
	attach->process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (attach->process < 0)
		return attach_fail(err, "cannot open %s", path);
	/* Opened while the pidfd's process lives, the directory is that one's for ever. */
	if (attach_check(attach, err))
		close_keep_errno(take_fd(&attach->process));
	return attach->process;
}

int attach_open_file(struct run_attach *attach, const char *name, int flags, struct err *err)
{
	struct err gone = { 0 };
	int process = attach_process(attach, &gone), fd = -1;

	if (process >= 0)
		fd = openat(process, name, flags | O_CLOEXEC);
	else
		errno = gone.errnum == ESRCH ? ENOENT : gone.errnum;
	return fd < 0 ? attach_fail(err, "cannot open /proc/%d/%s", (int)attach->pid, name) : fd;
}

int run_attach_wait(pid_t pid, int *status, struct err *err)
{
	for (;;) {
		pid_t got = waitpid(pid, status, WUNTRACED);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return attach_fail(err, "waitpid failed");
		if (!WIFSTOPPED(*status))
			return 0;
		/* The shell that started us sees one job: it stops as a whole, and goes on as a whole. */
		kill(getpid(), SIGSTOP);
		kill(pid, SIGCONT);
	}
}

int run_attach_fork(const struct run_attach *attach, int *status, struct err *err)
{
	pid_t pid;

	if (!(attach->flags & CLONE_NEWPID) || attach->no_fork)
		return 0;
	/* A caller that ignores SIGCHLD would take the child's status away. */
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid < 0)
		return attach_fail(err, "fork failed");
	if (pid == 0)
		return 0;
	return run_attach_wait(pid, status, err) ? -1 : 1;
}

void run_attach_raise(int signal_number)
{
	const struct rlimit no_core = { 0 };
	sigset_t set;

	/* What was wrong was wrong in the program: its memory is what a core file shows. */
	setrlimit(RLIMIT_CORE, &no_core);
	signal(signal_number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), signal_number);
}
