/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stop: asked to end, then waited for, then killed. In two calls, so that several stop at the same time. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/pidfd.h"
#include "run/container.h"
#include "run/processes.h"
#include "run/run.h"
#include "run/stop.h"
#include "spec/types.h"
#include "state/state.h"

static int ask(struct container *container, int signal, struct err *err)
{
	struct err gone = { 0 };
	auto_close int pidfd = -1;

	if (!signal) {
		if (container_read_spec(container, err))
			return -1;
		signal = container->spec->own.stop_signal ? container->spec->own.stop_signal : SIGTERM;
	}
	pidfd = container_pidfd(container, &gone);
	if (pidfd < 0)
		return 0;
	if (kern_pidfd_signal(pidfd, signal, &gone) == 0 || gone.errnum == ESRCH)
		return 0;
	*err = gone;
	return -1;
}

int run_stop_ask(const struct run_context *context, const char *id, int signal, struct err *err)
{
	static const char *const known[] = { "created", "running", "paused", "stopped", NULL };
	struct container container;
	const char *status;
	int ret = container_open(&container, context, id, CONTAINER_UNLOCKED, err);

	if (!ret)
		ret = container_require(&container, "stop", known, err);
	if (!ret) {
		status = run_status(container.state);
		/* A frozen process cannot act on a signal; one that was not started has nothing to end. */
		if (!strcmp(status, "paused"))
			ret = run_resume(context, id, err);
		if (!ret && strcmp(status, "created") != 0 && strcmp(status, "stopped") != 0)
			ret = ask(&container, signal, err);
	}
	container_close(&container);
	return ret;
}

/* 0 when it has ended or the time is up, -1 with err. */
static int await_end(const struct container *container, uint64_t timeout_usec, struct err *err)
{
	uint64_t msec = timeout_usec / 1000 + (timeout_usec % 1000 != 0);
	struct err gone = { 0 };
	auto_close int pidfd = -1;

	if (!strcmp(run_status(container->state), "created"))
		return 0;
	pidfd = container_pidfd(container, &gone);
	return pidfd >= 0 && kern_pidfd_wait(pidfd, msec > INT_MAX ? INT_MAX : (int)msec, err) < 0 ? -1 : 0;
}

int run_stop_wait(const struct run_context *context, const char *id, uint64_t timeout_usec, struct err *err)
{
	struct container container;
	int ret = container_open(&container, context, id, CONTAINER_UNLOCKED, err);

	if (!ret)
		ret = await_end(&container, timeout_usec, err);
	/* Also what the first process left behind. */
	if (!ret)
		ret = processes_kill(&container, err);
	container_close(&container);
	/* Whoever ran it in the foreground may have deleted it already. */
	if (ret && err->kind == ERR_NOT_FOUND) {
		*err = (struct err){ 0 };
		return 0;
	}
	return ret;
}
