/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * orphans COMMAND [ARG]...: run COMMAND as the reaper of all that it leaves
 * behind, so that whatever outlives it stays in sight (prctl(2),
 * PR_SET_CHILD_SUBREAPER). NSTOOLS_REAPER in its environment is our pid and
 * NSTOOLS_REAPER_COMMAND the command's: every other child of ours is an orphan.
 * When the command ends, what is left is named on standard error and killed,
 * and the status is 99; else it is the command's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void name_process(pid_t pid)
{
	char path[64], comm[64] = "?";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (file) {
		if (!fgets(comm, sizeof(comm), file))
			comm[0] = '\0';
		fclose(file);
	}
	fprintf(stderr, "orphans: process %d was left behind: %s\n", (int)pid, comm);
}

/* Kill one child of ours; false when there is none. What it had becomes ours in turn. */
static int kill_one(void)
{
	char path[64], list[32] = "";
	FILE *file;
	pid_t child = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "re");
	if (file) {
		if (fgets(list, sizeof(list), file))
			child = (pid_t)strtol(list, NULL, 10);
		fclose(file);
	}
	if (child <= 0)
		return 0;
	name_process(child);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 1;
}

static int wait_for(pid_t command)
{
	int status;

	for (;;) {
		pid_t pid = waitpid(-1, &status, 0);

		if (pid == command)
			break;
		if (pid < 0 && errno != EINTR)
			return 125;
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	char self[16];
	int status, left = 0;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: orphans COMMAND [ARG]...\n");
		return 125;
	}
	snprintf(self, sizeof(self), "%d", (int)getpid());
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || setenv("NSTOOLS_REAPER", self, 1) != 0) {
		perror("orphans");
		return 125;
	}
	pid = fork();
	if (pid < 0) {
		perror("orphans: fork");
		return 125;
	}
	if (pid == 0) {
		snprintf(self, sizeof(self), "%d", (int)getpid());
		setenv("NSTOOLS_REAPER_COMMAND", self, 1);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	status = wait_for(pid);
	while (left < 1000 && kill_one())
		left++;
	return left > 0 ? 99 : status;
}
