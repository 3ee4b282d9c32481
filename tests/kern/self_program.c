/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that protects its own file, for the tests of kern/self.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/self.h"

/* "PROTECTION ARGV0 COMM DUMPABLE LINK" on standard output. */
static void show(const char *argv0)
{
	char link[256] = "";
	char name[17] = "";

	if (readlink("/proc/self/exe", link, sizeof(link) - 1) < 0)
		snprintf(link, sizeof(link), "unreadable");
	prctl(PR_GET_NAME, name, 0, 0, 0);
	printf("%s %s %s %d %s\n", kern_self_protection(), argv0, name, prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
	       link);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	char text[1024];
	char c;

	if (kern_self_protect(argv, &err) < 0) {
		fprintf(stderr, "%s\n", err_text(&err, text, sizeof(text)));
		return 1;
	}
	show(argv[0]);
	if (argc == 3 && strcmp(argv[1], "exec") == 0) {
		execl(argv[2], argv[2], (char *)NULL);
		perror(argv[2]);
		return 1;
	}
	if (argc == 2 && strcmp(argv[1], "wait") == 0)
		return read(STDIN_FILENO, &c, 1) < 0;
	if (argc == 2 && strcmp(argv[0], "/proc/self/exe") == 0) /* as the interpreter of a script */
		return open("/proc/self/exe", O_WRONLY | O_CLOEXEC) >= 0;
	return 0;
}
