/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kern/home.h"
#include "kern/syscall.h"

/* The file is the container's: it may be a FIFO, a device, or a link into /proc. */
static int open_passwd(void)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	auto_close int fd = sys_openat2(AT_FDCWD, "/etc/passwd", &how);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return take_fd(&fd);
}

/* The line is cut at its colons. Whether it is the user's, and says where. */
static bool take_line(char *line, uint32_t uid, char variable[KERN_HOME_SIZE])
{
	char *fields[6];
	char *end;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!(fields[i] = strsep(&line, ":")))
			return false;
	if (*fields[2] < '0' || *fields[2] > '9')
		return false;
	errno = 0;
	if (strtoul(fields[2], &end, 10) != uid || *end || errno)
		return false;
	if (*fields[5] == '/' && strlen(fields[5]) < PATH_MAX)
		stpcpy(stpcpy(variable, "HOME="), fields[5]);
	return true;
}

void kern_home_find(uint32_t uid, char variable[KERN_HOME_SIZE])
{
	auto_close int fd = open_passwd();
	char text[4096 + 1];
	size_t len = 0;
	bool whole = true; /* what text begins with is a line's begin */

	memcpy(variable, "HOME=/", sizeof("HOME=/"));
	while (fd >= 0) {
		ssize_t n = read(fd, text + len, sizeof(text) - 1 - len);
		char *line = text;
		char *end;

		if (n < 0)
			return;
		len += (size_t)n;
		text[len] = '\0';
		for (; (end = strchr(line, '\n')); line = end + 1, whole = true) {
			*end = '\0';
			if (whole && take_line(line, uid, variable))
				return;
		}
		if (n == 0) {
			if (whole)
				take_line(line, uid, variable);
			return;
		}
		len = strlen(line);
		if (len == sizeof(text) - 1)
			len = 0, whole = false;
		memmove(text, line, len);
	}
}
