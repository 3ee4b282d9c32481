/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bomb GROUP...: join the cgroups at these directories, one of which must limit the processes to at most 100, and then
 * fork as fast as possible, every child too. It does not begin without that limit, and ends by itself after 30 s or
 * 20000 forks, whoever is told to kill it.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 30
#define FORKS 20000

static int join(const char *group, int *limited)
{
	char path[4096], text[32] = "";
	int fd, joined, limit;

	snprintf(path, sizeof(path), "%s/pids.max", group);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0) {
		limit = atoi(text);
		*limited |= limit > 0 && limit <= 100;
	}
	close(fd);
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	joined = fd >= 0 && write(fd, "0", 1) == 1;
	close(fd);
	return joined;
}

int main(int argc, char **argv)
{
	atomic_int *forks = mmap(NULL, sizeof(*forks), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct timespec now;
	time_t end;
	int limited = 0;

	if (forks == MAP_FAILED)
		return 1;
	for (int i = 1; i < argc; i++)
		if (!join(argv[i], &limited))
			return 1;
	if (!limited)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + SECONDS;
	while (now.tv_sec < end && atomic_load(forks) < FORKS) {
		if (fork() == 0)
			atomic_fetch_add(forks, 1);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	return 0;
}
