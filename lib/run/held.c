/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "run/clone.h"
#include "run/held.h"

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- a program that waits ------------------------------------------------------------------- */

struct ends {
	int go[2], failure[2];
};

/* In the new process. Does not return. */
static void wait_and_execute(const struct ends *ends, const struct run_held_program *program)
{
	char byte;
	int errnum;

	close(ends->go[1]);
	close(ends->failure[0]);
	/* The end of the caller closes the pipe. */
	while (read(ends->go[0], &byte, 1) != 1)
		if (errno != EINTR)
			_exit(125);
	sigprocmask(SIG_SETMASK, program->mask, NULL);
	if ((program->output < 0 || dup2(program->output, STDOUT_FILENO) >= 0) &&
	    (program->errors < 0 || dup2(program->errors, STDERR_FILENO) >= 0))
		execve(program->path, (char *const *)(uintptr_t)program->args, environ);
	errnum = errno;
	if (write(ends->failure[1], &errnum, sizeof(errnum)) < 0)
		_exit(126);
	_exit(126);
}

static void close_ends(const struct ends *ends)
{
	for (int i = 0; i < 2; i++) {
		close_keep_errno(ends->go[i]);
		close_keep_errno(ends->failure[i]);
	}
}

int run_held_start(struct run_held *held, const struct run_held_program *program, struct err *err)
{
	struct ends ends = { { -1, -1 }, { -1, -1 } };

	*held = (struct run_held)RUN_HELD_NONE;
	if (pipe2(ends.go, O_CLOEXEC) || pipe2(ends.failure, O_CLOEXEC)) {
		close_ends(&ends);
		return err_system(err, "pipe2", "%s", program->path);
	}
	held->pid = run_clone(0, -1, &held->pidfd);
	if (held->pid == 0)
		wait_and_execute(&ends, program);
	if (held->pid < 0) {
		close_ends(&ends);
		return err_system(err, "clone", "%s", program->path);
	}
	held->go = take_fd(&ends.go[1]);
	held->failure = take_fd(&ends.failure[0]);
	close_ends(&ends);
	return 0;
}

int run_held_go(struct run_held *held, const struct run_held_program *program, struct err *err)
{
	int errnum = 0;
	ssize_t n;

	if (write(held->go, "", 1) != 1)
		return err_system(err, "write", "to the process that is to become %s", program->path);
	do
		n = read(held->failure, &errnum, sizeof(errnum));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(errnum))
		return 0;
	reap(held->pid);
	held->pid = 0;
	errno = errnum;
	err_system(err, "execve", "%s", program->path);
	err->kind = ERR_EXEC;
	return -1;
}

void run_held_close(struct run_held *held)
{
	close_keep_errno(held->go);
	close_keep_errno(held->failure);
	close_keep_errno(held->pidfd);
	*held = (struct run_held)RUN_HELD_NONE;
}

/* ---- a process that cleans up --------------------------------------------------------------- */

static void guard(const int ends[2], void (*clean)(void *data), void *data)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	char byte;
	ssize_t n;

	close(ends[1]);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	setsid();
	/* Not with what the caller's caller reads to its end. */
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	do
		n = read(ends[0], &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		clean(data);
	_exit(0);
}

int run_guard_start(struct run_guard *guarding, void (*clean)(void *data), void *data, struct err *err)
{
	int ends[2], pidfd = -1;

	*guarding = (struct run_guard)RUN_GUARD_NONE;
	if (pipe2(ends, O_CLOEXEC))
		return err_system(err, "pipe2", "guard");
	guarding->pid = run_clone(0, -1, &pidfd);
	if (guarding->pid == 0)
		guard(ends, clean, data);
	close_keep_errno(ends[0]);
	close_keep_errno(pidfd);
	if (guarding->pid < 0) {
		close_keep_errno(ends[1]);
		return err_system(err, "clone", "guard");
	}
	guarding->alive = ends[1];
	return 0;
}

void run_guard_dismiss(struct run_guard *guarding)
{
	if (guarding->pid <= 0)
		return;
	/* A byte instead of the end: nothing is to be cleaned. SIGPIPE: it was killed before us. */
	signal(SIGPIPE, SIG_IGN);
	(void)!write(guarding->alive, "", 1);
	close_keep_errno(guarding->alive);
	reap(guarding->pid);
	*guarding = (struct run_guard)RUN_GUARD_NONE;
}
