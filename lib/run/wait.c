/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wait: blocked on a pidfd or on the state directory, never polling. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/pidfd.h"
#include "run/container.h"
#include "run/run.h"
#include "run/wait.h"
#include "state/state.h"

static uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* Milliseconds for poll(): -1 for ever, 0 when the time is up. */
static int left_msec(uint64_t deadline)
{
	uint64_t now = now_usec();

	if (!deadline)
		return -1;
	return deadline <= now ? 0 : (int)((deadline - now) / 1000 + 1);
}

static int timed_out(const char *id, const char *status, struct err *err)
{
	err_set(err, ERR_STATE, "wait", "it is not %s yet: the time is up", status);
	return err_object(err, "%s", id);
}

/*
 * state.json is renamed into its directory at each change of phase. That the
 * directory goes is seen from above: one that is held open tells nothing itself.
 */
static int watch(const struct container *container, struct err *err)
{
	char dir[64], root[64];
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	snprintf(dir, sizeof(dir), "/proc/self/fd/%d", container->dir);
	snprintf(root, sizeof(root), "/proc/self/fd/%d", container->root);
	if (fd < 0 || inotify_add_watch(fd, dir, IN_MOVED_TO | IN_ONLYDIR) < 0 ||
	    inotify_add_watch(fd, root, IN_DELETE | IN_ONLYDIR) < 0) {
		err_system(err, "inotify", "state directory of %s", container->state->id);
		close_keep_errno(fd);
		return -1;
	}
	return fd;
}

static bool is_deleted(const struct container *container)
{
	struct stat st;

	return fstat(container->dir, &st) == 0 && st.st_nlink == 0;
}

static int never(const struct container *container, const char *what, const char *wanted, struct err *err)
{
	err_set(err, ERR_STATE, "wait", "it %s before it was %s", what, wanted);
	return err_object(err, "%s", container->state->id);
}

/* Until the status is the one wanted, NULL: any but "creating". What ended meanwhile never gets there. */
static int wait_status(struct container *container, const char *wanted, uint64_t deadline, struct err *err)
{
	auto_close int events = watch(container, err);
	char buf[4096] __attribute__((aligned(8)));

	while (events >= 0) {
		struct pollfd fds[2] = { { events, POLLIN, 0 }, { -1, POLLIN, 0 } };
		struct err gone = { 0 };
		auto_close int pidfd = -1;
		const char *status;
		int n;

		if (state_load(container->dir, container->state->id, container->arena, container->state, err))
			return -1;
		status = run_status(container->state);
		if (wanted ? !strcmp(status, wanted) : strcmp(status, "creating") != 0)
			return 0;
		if (is_deleted(container))
			return wanted ? never(container, "was deleted", wanted, err) : 0;
		if (wanted && !strcmp(status, "stopped"))
			return never(container, "ended", wanted, err);
		pidfd = container_pidfd(container, &gone);
		fds[1].fd = pidfd;
		n = poll(fds, 2, left_msec(deadline));
		if (n == 0)
			return timed_out(container->state->id, wanted ? wanted : "stopped", err);
		if (n < 0 && errno != EINTR)
			return err_system(err, "poll", "%s", container->state->id);
		while (read(events, buf, sizeof(buf)) > 0)
			;
	}
	return -1;
}

static int wait_end(struct container *container, uint64_t deadline, int *exit_code, struct err *err)
{
	struct err gone = { 0 };
	auto_close int pidfd = -1;
	int status, ended;

	if (!strcmp(run_status(container->state), "creating") && wait_status(container, NULL, deadline, err))
		return -1;
	pidfd = container_pidfd(container, &gone);
	if (pidfd < 0)
		return 0;
	ended = kern_pidfd_wait(pidfd, left_msec(deadline), err);
	if (ended < 0)
		return -1;
	if (ended == 0)
		return timed_out(container->state->id, "stopped", err);
	ended = kern_pidfd_status(pidfd, &status, err);
	if (ended > 0)
		*exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return ended < 0 ? -1 : 0;
}

int run_wait(const struct run_context *context, const struct run_wait_request *request, int *exit_code,
	     struct err *err)
{
	uint64_t deadline = request->timeout_usec ? now_usec() + request->timeout_usec : 0;
	const char *status = request->status;
	struct container container;
	int ret = container_open(&container, context, request->id, CONTAINER_UNLOCKED, err);

	*exit_code = -1;
	if (!ret)
		ret = !status || !strcmp(status, "stopped") ? wait_end(&container, deadline, exit_code, err)
							    : wait_status(&container, status, deadline, err);
	container_close(&container);
	return ret;
}
