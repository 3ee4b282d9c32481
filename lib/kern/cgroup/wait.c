/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deadlines, and waiting for what cgroup.events tells. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group_internal.h"

int64_t cgroup_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int cgroup_left_ms(int64_t deadline)
{
	int64_t left = deadline - cgroup_now_ms();

	return left > 0 ? (int)left : 0;
}

void cgroup_nap(unsigned tries)
{
	struct timespec nap = { .tv_nsec = 1000000L << (tries < 5 ? tries : 5) };

	nanosleep(&nap, NULL);
}

int cgroup_wait_event(int dirfd, const char *key, uint64_t value, int64_t deadline)
{
	auto_close int fd = openat(dirfd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd poller = { .fd = fd, .events = POLLPRI };
	char text[256];

	if (fd < 0)
		return -1;
	for (;;) {
		ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
		uint64_t now;

		if (n < 0)
			return -1;
		text[n] = '\0';
		if (kern_cgroup_text_key(text, key, &now) && now == value)
			return 1;
		if (cgroup_left_ms(deadline) == 0)
			return 0;
		if (poll(&poller, 1, cgroup_left_ms(deadline)) < 0 && errno != EINTR)
			return -1;
	}
}
