/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/number.h"
#include "kern/fd.h"

int kern_fd_open_standard(struct err *err)
{
	struct pollfd fds[3] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };
	int fd;

	/* The usual answer in one call. POLLNVAL is that of a descriptor that is not open, or of an O_PATH one. */
	if (poll(fds, ARRAY_SIZE(fds), 0) >= 0 && !((fds[0].revents | fds[1].revents | fds[2].revents) & POLLNVAL))
		return 0;
	/* open() gives the lowest free number: once it gives more than 2 all three are open. */
	for (fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		// NOLINTNEXTLINE(android-cloexec-open): it is to be inherited
		if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
			return err_system(err, "open", "/dev/null");
	}
	return 0;
}

/* Before kernel 5.11: one fcntl a descriptor. */
static int mark_each(int first, struct err *err)
{
	auto_closedir DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	int fd;

	if (!dir)
		return err_system(err, "opendir", "/proc/self/fd");
	while ((entry = readdir(dir)))
		if (number_int(entry->d_name, &fd) == 0 && fd >= first && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return err_system(err, "fcntl", "descriptor %d", fd);
	return 0;
}

int kern_fd_inherit(unsigned preserved, struct err *err)
{
	unsigned first = 3 + preserved;
	unsigned fd;

	if (preserved > KERN_FD_PRESERVED_MAX)
		return err_set(err, ERR_USAGE, "preserve", "%u descriptors are too many: at most %u",
			       preserved, KERN_FD_PRESERVED_MAX);
	for (fd = 3; fd < first; fd++) {
		int flags = fcntl((int)fd, F_GETFD);

		if (flags < 0 || ((flags & FD_CLOEXEC) && fcntl((int)fd, F_SETFD, flags & ~FD_CLOEXEC) < 0))
			return err_system(err, "preserve", "descriptor %u", fd);
	}
	if (syscall(SYS_close_range, first, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	return mark_each((int)first, err);
}

int kern_fd_listen_count(const char *fds, const char *pid, pid_t self, unsigned *count, struct err *err)
{
	uint32_t value;

	*count = 0;
	if (!fds || !pid || number_u32(pid, &value) < 0 || value != (uint32_t)self)
		return 0;
	if (number_u32(fds, &value) < 0 || value > KERN_FD_PRESERVED_MAX)
		return err_set(err, ERR_USAGE, "LISTEN_FDS", "expected a number of descriptors, found \"%s\"",
			       fds);
	*count = value;
	return 0;
}

void kern_fd_listen_pid(char variable[KERN_FD_LISTEN_PID_SIZE], pid_t pid)
{
	snprintf(variable, KERN_FD_LISTEN_PID_SIZE, "LISTEN_PID=%u", (unsigned)pid);
}
