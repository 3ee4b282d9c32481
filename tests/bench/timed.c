/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timed COMMAND [ARGUMENT]...: the microseconds from its start to its exit, on
 * standard output; what it prints itself is lost. Where hyperfine cannot be
 * asked, since it gives no standard input: the fork of a shell, a third of what
 * is measured, is not in it.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	posix_spawn_file_actions_t actions;
	struct timespec begin, end;
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: timed COMMAND [ARGUMENT]...\n");
		return 2;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	if (posix_spawnp(&pid, argv[1], &actions, NULL, argv + 1, environ)) {
		fprintf(stderr, "timed: cannot execute %s\n", argv[1]);
		return 127;
	}
	waitpid(pid, &status, 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%ld\n", (end.tv_sec - begin.tv_sec) * 1000000L + (end.tv_nsec - begin.tv_nsec) / 1000);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
