/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holder: in a network namespace of its own open a socket, say its number, go
 * into another network namespace, and wait for the end.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || unshare(CLONE_NEWNET) < 0)
		return 1;
	printf("%d\n", fd);
	fflush(stdout);
	alarm(300);
	pause();
	return 0;
}
