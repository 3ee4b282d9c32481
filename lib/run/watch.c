/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/cgroup/events.h"
#include "kern/cgroup/group.h"
#include "kern/pidfd.h"
#include "run/container.h"
#include "run/run.h"
#include "run/watch.h"
#include "state/state.h"

struct run_watch {
	struct container container;
	struct kern_cgroup group;         /* of the hierarchy with the memory controller */
	struct kern_cgroup_events events; /* fd -1: no such group, or it is gone */
	uint64_t kills;                   /* of the events, what was told already */
	int pidfd, timer;
	bool ended;
};

static uint64_t now_kills(const struct run_watch *watch)
{
	/* v1 notifies before it kills and counts the kills without a notification. */
	return watch->events.v2 ? watch->events.counts.oom_kill : watch->events.counts.oom;
}

/* The group that tells of memory: v1's of that hierarchy, or v2's with the controller. None is no error. */
static int open_events(struct run_watch *watch, struct err *err)
{
	const struct state *state = watch->container.state;

	for (size_t i = 0; i < state->cgroup_count; i++) {
		const struct state_cgroup *cgroup = &state->cgroups[i];

		if (kern_cgroup_open(&watch->group, cgroup->mountpoint, cgroup->path, err))
			return -1;
		if (faccessat(watch->group.fd, cgroup->v2 ? "memory.events" : "memory.oom_control", F_OK,
			      0) == 0) {
			if (kern_cgroup_events_open(&watch->events, &watch->group, err))
				return -1;
			watch->kills = now_kills(watch);
			return 0;
		}
		kern_cgroup_close(&watch->group);
	}
	return 0;
}

/* Steady: a slow reader of our output misses ticks, it does not shift them. */
static int open_timer(struct run_watch *watch, uint64_t interval_usec, struct err *err)
{
	struct itimerspec times = { .it_value = { .tv_nsec = 1 },
				    .it_interval = { .tv_sec = (time_t)(interval_usec / 1000000),
						     .tv_nsec = (long)(interval_usec % 1000000) * 1000 } };

	if (!interval_usec)
		return 0;
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (watch->timer < 0 || timerfd_settime(watch->timer, 0, &times, NULL))
		return err_system(err, "timerfd", "%s", watch->container.state->id);
	return 0;
}

struct run_watch *run_watch_open(const struct run_context *context, const char *id, uint64_t interval_usec,
				 struct err *err)
{
	static const char *const alive[] = { "created", "running", "paused", NULL };
	struct run_watch *watch = memory_zalloc(1, sizeof(*watch));

	watch->events.fd = watch->events.control = watch->pidfd = watch->timer = -1;
	if (container_open(&watch->container, context, id, CONTAINER_UNLOCKED, err) == 0 &&
	    container_require(&watch->container, "watch", alive, err) == 0) {
		watch->pidfd = container_pidfd(&watch->container, err);
		if (watch->pidfd >= 0 && open_events(watch, err) == 0 &&
		    open_timer(watch, interval_usec, err) == 0)
			return watch;
	}
	run_watch_close(watch);
	return NULL;
}

void run_watch_close(struct run_watch *watch)
{
	if (!watch)
		return;
	kern_cgroup_events_close(&watch->events);
	kern_cgroup_close(&watch->group);
	close_keep_errno(watch->pidfd);
	close_keep_errno(watch->timer);
	container_close(&watch->container);
	free(watch);
}

/* 1: killed for memory since we last told, 0, or -1. */
static int check_kills(struct run_watch *watch, struct err *err)
{
	uint64_t before = watch->kills;

	if (watch->events.fd < 0)
		return 0;
	if (kern_cgroup_events_read(&watch->events, err) < 0)
		return -1;
	watch->kills = now_kills(watch);
	/* A removed group's inotify is quiet, but v1's eventfd could be told of it again. */
	if (watch->events.counts.gone)
		kern_cgroup_events_close(&watch->events);
	return watch->kills > before;
}

static int read_end(struct run_watch *watch, int *exit_code, struct err *err)
{
	int status, known = kern_pidfd_status(watch->pidfd, &status, err);

	watch->ended = true;
	*exit_code = -1;
	if (known > 0)
		*exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return known < 0 ? -1 : 1;
}

int run_watch_next(struct run_watch *watch, enum run_event *event, int *exit_code, struct err *err)
{
	while (!watch->ended) {
		struct pollfd fds[] = { { watch->events.fd, POLLIN, 0 },
					{ watch->pidfd, POLLIN, 0 },
					{ watch->timer, POLLIN, 0 } };
		uint64_t ticks;
		int killed;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return err_system(err, "poll", "%s", watch->container.state->id);
		}
		/* Also at the end: what killed it is told before that it is dead. */
		killed = fds[0].revents || fds[1].revents ? check_kills(watch, err) : 0;
		if (killed) {
			*event = RUN_EVENT_OOM;
			return killed;
		}
		if (fds[1].revents) {
			*event = RUN_EVENT_EXIT;
			return read_end(watch, exit_code, err);
		}
		if (fds[2].revents && read(watch->timer, &ticks, sizeof(ticks)) > 0) {
			*event = RUN_EVENT_TIME;
			return 1;
		}
	}
	return 0;
}
