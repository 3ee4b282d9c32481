/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/number.h"
#include "kern/constants.h"
#include "kern/pidfd.h"

int kern_pidfd_open(pid_t pid, struct err *err)
{
	long fd = syscall(SYS_pidfd_open, pid, 0); /* close-on-exec always */

	return fd < 0 ? err_system(err, "pidfd_open", "process %d", (int)pid) : (int)fd;
}

int kern_pidfd_state(int procfs, pid_t pid, char *state, uint64_t *ticks, struct err *err)
{
	char path[32];
	char text[1024];
	const char *at;
	char *end;
	int field;

	snprintf(path, sizeof(path), "%s%d/stat", procfs == AT_FDCWD ? "/proc/" : "", (int)pid);
	if (file_read_small(procfs, path, text, sizeof(text)) < 0) {
		if (errno == ENOENT)
			errno = ESRCH;
		return err_system(err, "read", "/proc/%d/stat", (int)pid);
	}
	/* The name, field 2, may hold anything, even ") ": count from the last parenthesis. */
	at = strrchr(text, ')');
	if (at && at[1] == ' ' && state)
		*state = at[2];
	for (field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	end = at ? strchr(at + 1, ' ') : NULL;
	if (end)
		*end = '\0';
	if (!end || number_u64(at + 1, ticks) < 0) {
		errno = EPROTO;
		return err_system(err, "read", "/proc/%d/stat", (int)pid);
	}
	return 0;
}

int kern_pidfd_start_time(int procfs, pid_t pid, uint64_t *ticks, struct err *err)
{
	return kern_pidfd_state(procfs, pid, NULL, ticks, err);
}

int kern_pidfd_open_started(pid_t pid, uint64_t start_time, struct err *err)
{
	auto_close int fd = kern_pidfd_open(pid, err);
	uint64_t ticks;

	if (fd < 0 || kern_pidfd_start_time(AT_FDCWD, pid, &ticks, err) < 0)
		return -1;
	/* What was read belongs to the process behind fd only if that one was still there afterwards. */
	if (ticks != start_time || syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) < 0) {
		if (ticks != start_time || errno != EPERM) {
			errno = ESRCH;
			return err_system(err, "pidfd_open", "process %d", (int)pid);
		}
	}
	return take_fd(&fd);
}

int kern_pidfd_signal(int pidfd, int signal, struct err *err)
{
	if (syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0)
		return err_system(err, "pidfd_send_signal", "signal %d", signal);
	return 0;
}

int kern_pidfd_wait(int pidfd, int timeout, struct err *err)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&poll_fd, 1, timeout);
	while (n < 0 && errno == EINTR && timeout < 0);
	if (n < 0 && errno == EINTR)
		return 0;
	return n < 0 ? err_system(err, "poll", "pidfd") : n > 0;
}

/* What waitid() tells, as waitpid() has it. */
static int wait_status(const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		return (info->si_status & 0xff) << 8;
	return info->si_status | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

/*
 * Of a zombie that is another's child: the last field of its stat. Who may not
 * know (ptrace_may_access) would read 0 there, and may not read its ns links either.
 */
static bool zombie_status(int pidfd, int *status)
{
	auto_close int procfs = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), dir = -1;
	struct err gone = { 0 };
	char text[1024], link[64], state;
	const char *end, *last;

	dir = procfs < 0 ? -1 : kern_pidfd_proc(procfs, pidfd, &gone);
	if (dir < 0 || (readlinkat(dir, "ns/mnt", link, sizeof(link)) < 0 && errno == EACCES) ||
	    file_read_small(dir, "stat", text, sizeof(text)) < 0)
		return false;
	end = strrchr(text, ')');
	last = strrchr(text, ' ');
	return end && sscanf(end, ") %c", &state) == 1 && (state == 'Z' || state == 'X') && last > end &&
	       number_int(last + 1, status) == 0;
}

int kern_pidfd_status(int pidfd, int *status, struct err *err)
{
	struct kern_pidfd_info info = { .mask = KERN_PIDFD_INFO_EXIT };
	siginfo_t child = { 0 };
	int n;

	do
		n = waitid(P_PIDFD, (id_t)pidfd, &child, WEXITED | WNOHANG);
	while (n < 0 && errno == EINTR);
	if (n == 0 && child.si_pid) {
		*status = wait_status(&child);
		return 1;
	}
	if (n == 0)
		return 0;
	if (errno != ECHILD && errno != EINVAL)
		return err_system(err, "waitid", "pidfd");
	if (zombie_status(pidfd, status))
		return 1;
	/* Older kernels: ENOTTY, EINVAL, and ESRCH once it was reaped. */
	if (ioctl(pidfd, KERN_PIDFD_GET_INFO, &info) < 0 || !(info.mask & KERN_PIDFD_INFO_EXIT))
		return 0;
	*status = info.exit_code;
	return 1;
}

int kern_pidfd_inode(int pidfd, uint64_t *inode, struct err *err)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) || fstat(pidfd, &st))
		return err_system(err, "stat", "pidfd");
	if (fs.f_type != KERN_PIDFS_MAGIC) {
		errno = EOPNOTSUPP;
		err_system(err, "stat", "pidfd");
		return err_hint(err, "inode numbers tell processes apart from Linux 6.9 on");
	}
	*inode = st.st_ino;
	return 0;
}

/* The "Pid:" line of the descriptor's fdinfo: 0 in another pid namespace, -1 when it ended. */
static pid_t pid_from_fdinfo(int pidfd)
{
	char path[64];
	char text[1024];
	const char *line;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	if (file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0)
		return -1;
	line = strstr(text, "\nPid:\t");
	if (!line)
		return -1;
	line += strlen("\nPid:\t");
	text[(size_t)(line - text) + strcspn(line, "\n")] = '\0';
	return number_int(line, &pid) < 0 ? -1 : pid;
}

pid_t kern_pidfd_pid(int pidfd, struct err *err)
{
	struct kern_pidfd_info info = { .mask = KERN_PIDFD_INFO_PID };
	pid_t pid;

	if (ioctl(pidfd, KERN_PIDFD_GET_INFO, &info) == 0)
		return (pid_t)info.tgid;
	pid = pid_from_fdinfo(pidfd);
	if (pid <= 0) {
		errno = ESRCH;
		return err_system(err, "pidfd", "its process");
	}
	return pid;
}

int kern_pidfd_proc(int procfs, int pidfd, struct err *err)
{
	auto_close int dir = -1;
	char path[32];
	pid_t pid = kern_pidfd_pid(pidfd, err);

	if (pid < 0)
		return -1;
	snprintf(path, sizeof(path), "%d", (int)pid);
	dir = openat(procfs, path, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return err_system(err, "openat", "/proc/%s", path);
	/* A directory opened while the process lived is its own for ever; EPERM says that it lives, too. */
	if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) < 0 && errno != EPERM)
		return err_system(err, "pidfd", "process %d", (int)pid);
	return take_fd(&dir);
}
