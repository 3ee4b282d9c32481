/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "kern/fd.h"
#include "run/clone.h"
#include "run/signals.h"
#include "run/spawn.h"

/* After the program has ended, how long something it left behind may hold the pipe open. */
#define LINGER_MSEC 100

struct pipes {
	int input[2], output[2], failure[2];
};

static void close_pipes(struct pipes *pipes)
{
	for (int i = 0; i < 2; i++) {
		close_keep_errno(pipes->input[i]);
		close_keep_errno(pipes->output[i]);
		close_keep_errno(pipes->failure[i]);
	}
}

static int open_pipes(struct pipes *pipes, const struct spawn *spawn, struct err *err)
{
	if (pipe2(pipes->output, O_CLOEXEC | O_NONBLOCK) || pipe2(pipes->failure, O_CLOEXEC))
		return err_system(err, "pipe2", "%s", spawn->path);
	if (spawn->input) {
		if (pipe2(pipes->input, O_CLOEXEC))
			return err_system(err, "pipe2", "%s", spawn->path);
		if (fcntl(pipes->input[1], F_SETFL, O_NONBLOCK))
			return err_system(err, "fcntl", "%s", spawn->path);
	} else {
		pipes->input[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (pipes->input[0] < 0)
			return err_system(err, "open", "/dev/null");
	}
	return 0;
}

/* In the new process: nothing but system calls. Does not return. */
static void execute(const struct spawn *spawn, const struct pipes *pipes)
{
	struct err ignored = { 0 };
	sigset_t none;
	int errnum;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		signal(signal_number, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	/* The write end is non-blocking for us only: a hook must not see EAGAIN. */
	if (dup2(pipes->input[0], 0) == 0 && dup2(pipes->output[1], 1) == 1 && fcntl(1, F_SETFL, 0) == 0 &&
	    (spawn->own_error || dup2(1, 2) == 2) && kern_fd_inherit(0, &ignored) == 0)
		execve(spawn->path, (char *const *)(uintptr_t)spawn->args,
		       spawn->env ? (char *const *)(uintptr_t)spawn->env : environ);
	errnum = errno;
	if (write(pipes->failure[1], &errnum, sizeof(errnum)) < 0)
		_exit(126);
	_exit(127);
}

static int64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Keep the end of what was written: the last lines are those that name the error. */
static void keep_tail(struct spawn *spawn, size_t *len, const char *text, size_t n)
{
	const size_t max = sizeof(spawn->output) - 1;

	if (n > max) {
		text += n - max;
		n = max;
	}
	if (*len + n > max) {
		size_t drop = *len + n - max;

		memmove(spawn->output, spawn->output + drop, *len - drop);
		*len -= drop;
	}
	memcpy(spawn->output + *len, text, n);
	*len += n;
	spawn->output[*len] = '\0';
}

static void feed(const struct spawn *spawn, size_t *written, struct pollfd *fd)
{
	ssize_t n;

	n = write(fd->fd, spawn->input + *written, spawn->input_len - *written);
	if (n > 0)
		*written += (size_t)n;
	/* A program that does not read its input is its own affair (EPIPE). */
	if ((n < 0 && errno != EAGAIN && errno != EINTR) || *written == spawn->input_len) {
		close(fd->fd);
		fd->fd = -1;
	}
}

static void drain(struct spawn *spawn, size_t *len, struct pollfd *fd)
{
	char chunk[4096];
	ssize_t n = read(fd->fd, chunk, sizeof(chunk));

	if (n > 0 && spawn->all)
		strbuf_add(spawn->all, chunk, (size_t)n);
	if (n > 0)
		keep_tail(spawn, len, chunk, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		fd->fd = -1;
}

/* What it wrote last may still be in the pipe. */
static void drain_rest(struct spawn *spawn, size_t *len, struct pollfd *output)
{
	int64_t deadline = now_usec() + LINGER_MSEC * 1000;

	while (output->fd >= 0 && now_usec() < deadline && poll(output, 1, LINGER_MSEC) > 0)
		drain(spawn, len, output);
}

enum { ENDED, OUTPUT, INPUT, SIGNALS, POLLED };

/* Feed and drain until the program has ended, the time is up, or a signal comes. */
static int serve(struct spawn *spawn, struct pollfd *fds, struct err *err)
{
	int64_t deadline = spawn->timeout_usec ? now_usec() + (int64_t)spawn->timeout_usec : 0;
	size_t written = 0, len = 0;

	do {
		int64_t left = deadline - now_usec();

		if (deadline && left <= 0) {
			spawn->timed_out = 1;
			return 0;
		}
		if (poll(fds, POLLED, deadline ? (int)(left / 1000 + 1) : -1) < 0) {
			if (errno != EINTR)
				return err_system(err, "poll", "%s", spawn->path);
			continue;
		}
		if (fds[OUTPUT].fd >= 0 && fds[OUTPUT].revents)
			drain(spawn, &len, &fds[OUTPUT]);
		if (fds[INPUT].fd >= 0 && fds[INPUT].revents)
			feed(spawn, &written, &fds[INPUT]);
		if (fds[SIGNALS].revents && signals_take(spawn->signals, err))
			return -1;
	} while (!fds[ENDED].revents);
	drain_rest(spawn, &len, &fds[OUTPUT]);
	return 0;
}

static int attend(struct spawn *spawn, struct pipes *pipes, int pidfd, struct err *err)
{
	struct pollfd fds[POLLED] = {
		[ENDED] = { pidfd, POLLIN, 0 },
		[OUTPUT] = { pipes->output[0], POLLIN, 0 },
		[INPUT] = { spawn->input ? take_fd(&pipes->input[1]) : -1, POLLOUT, 0 },
		[SIGNALS] = { spawn->signals ? signals_open(spawn->signals, err) : -1, POLLIN, 0 },
	};
	int ret = serve(spawn, fds, err);

	close_keep_errno(fds[INPUT].fd);
	return ret || err_is_set(err) ? -1 : 0;
}

static int wait_for(struct spawn *spawn, struct pipes *pipes, pid_t pid, int pidfd, struct err *err)
{
	int errnum = 0, ret = -1;

	close_keep_errno(take_fd(&pipes->failure[1]));
	close_keep_errno(take_fd(&pipes->output[1]));
	close_keep_errno(take_fd(&pipes->input[0]));
	if (read(pipes->failure[0], &errnum, sizeof(errnum)) == sizeof(errnum)) {
		errno = errnum;
		err_system(err, "execve", "%s", spawn->path);
	} else {
		ret = attend(spawn, pipes, pidfd, err);
	}
	/* With what it started itself. */
	if (ret || spawn->timed_out)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &spawn->status, 0) < 0 && errno == EINTR)
		;
	return ret;
}

int run_spawn(struct spawn *spawn, struct err *err)
{
	struct pipes pipes = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	void (*old_handler)(int);
	int pidfd = -1, ret = -1;
	pid_t pid;

	spawn->output[0] = '\0';
	spawn->timed_out = 0;
	if (open_pipes(&pipes, spawn, err) == 0) {
		old_handler = signal(SIGPIPE, SIG_IGN);
		pid = run_clone(0, -1, &pidfd);
		if (pid == 0)
			execute(spawn, &pipes);
		ret = pid < 0 ? err_system(err, "clone", "%s", spawn->path)
			      : wait_for(spawn, &pipes, pid, pidfd, err);
		signal(SIGPIPE, old_handler);
	}
	close_keep_errno(pidfd);
	close_pipes(&pipes);
	return ret;
}
