/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pidinode PID: the inode number of a pidfd of that process, which no other process ever has (Linux 6.9). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	/* The kernel makes it close-on-exec. */
	int pidfd = argc == 2 ? (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0) : -1;
	struct stat st;

	if (pidfd < 0 || fstat(pidfd, &st))
		return 1;
	printf("%llu\n", (unsigned long long)st.st_ino);
	return 0;
}
