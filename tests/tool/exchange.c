/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exchange A B: swap two names as fast as can be (renameat2 with
 * RENAME_EXCHANGE) until killed or two minutes are over: whoever looks a path
 * up in between sees now a directory, now a link.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

int main(int argc, char **argv)
{
	alarm(120);
	while (argc == 3)
		if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE)) {
			perror("exchange");
			return 1;
		}
	return 2;
}
