/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/pidfd.h"
#include "kern/tracefs.h"
#include "nscaps/trace_parse.h"
#include "nscaps/trace_watch.h"
#include "run/held.h"

#define TICK_MSEC 100	    /* a buffer that is filled a tenth wakes us before */
#define REMOVE_TRIES 500    /* of the guard, 10 ms apart: a program not yet executed still has our descriptors */

struct trace_watch {
	struct kern_tracefs trace;
	struct run_guard guard;
	struct trace_sink *sink;
	struct trace_parse *parses; /* one a processor */
	sigset_t before;
	int signals;
};

/* ---- begin ---------------------------------------------------------------------------------- */

/* In the guard, when we are no longer. */
static void clean(void *data)
{
	struct kern_tracefs *trace = data;
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };

	kern_tracefs_release(trace);
	for (int tries = 0; tries < REMOVE_TRIES; tries++) {
		struct err failure = { 0 };

		if (kern_tracefs_remove(trace, &failure) == 0)
			return;
		nanosleep(&pause, NULL);
	}
}

static int block_signals(struct trace_watch *watch, struct err *err)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGHUP);
	sigaddset(&blocked, SIGQUIT);
	sigprocmask(SIG_BLOCK, &blocked, &watch->before);
	/* A caller that ignores it would have our children vanish with their statuses. */
	signal(SIGCHLD, SIG_DFL);
	watch->signals = signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	return watch->signals < 0 ? err_system(err, "signalfd", "signals") : 0;
}

struct trace_watch *trace_watch_begin(struct trace_sink *sink, struct err *err)
{
	struct trace_watch *watch = memory_zalloc(1, sizeof(*watch));
	struct err second = { 0 };

	watch->trace = (struct kern_tracefs)KERN_TRACEFS_NONE;
	watch->guard = (struct run_guard)RUN_GUARD_NONE;
	watch->sink = sink;
	watch->signals = -1;
	/* Blocked first: no signal ends us between the instance and its guard. */
	if (block_signals(watch, err) == 0 && kern_tracefs_open(&watch->trace, err) == 0) {
		watch->parses = memory_zalloc(watch->trace.pipe_count, sizeof(*watch->parses));
		if (run_guard_start(&watch->guard, clean, &watch->trace, err) == 0)
			return watch;
	}
	(void)trace_watch_end(watch, &second);
	return NULL;
}

const sigset_t *trace_watch_mask(const struct trace_watch *watch)
{
	return &watch->before;
}

int trace_watch_add(struct trace_watch *watch, const pid_t *threads, size_t count, struct err *err)
{
	return kern_tracefs_watch(&watch->trace, threads, count, err);
}

/* ---- read ----------------------------------------------------------------------------------- */

static int drain(struct trace_watch *watch, struct err *err)
{
	static char chunk[64 * 1024];

	for (size_t i = 0; i < watch->trace.pipe_count; i++) {
		ssize_t n = 1;

		while (n > 0) {
			n = read(watch->trace.pipes[i], chunk, sizeof(chunk));
			if (n > 0)
				trace_parse_feed(&watch->parses[i], watch->sink, chunk, (size_t)n);
			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return err_system(err, "read", "trace_pipe");
		}
	}
	return 0;
}

/* 1: reading ends, 0: it goes on. What a terminal sends reaches the program without us. */
static int take_signals(const struct trace_watch *watch, const struct trace_until *until)
{
	struct signalfd_siginfo info;
	struct err gone = { 0 };
	int end = 0;

	while (read(watch->signals, &info, sizeof(info)) == sizeof(info)) {
		if (!until->forward)
			end = 1;
		else if (info.ssi_code != SI_KERNEL)
			(void)kern_pidfd_signal(until->pidfd, (int)info.ssi_signo, &gone);
	}
	return end;
}

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int wait_turn(const struct trace_watch *watch, struct pollfd *fds, uint64_t deadline, struct err *err)
{
	uint64_t now = now_usec();
	int wait = TICK_MSEC;

	if (deadline && deadline <= now)
		return 1;
	if (deadline && deadline - now < TICK_MSEC * 1000)
		wait = (int)((deadline - now) / 1000) + 1;
	if (poll(fds, (nfds_t)watch->trace.pipe_count + 2, wait) < 0 && errno != EINTR)
		return err_system(err, "poll", "trace_pipe");
	return 0;
}

int trace_watch_read(struct trace_watch *watch, const struct trace_until *until, struct err *err)
{
	size_t count = watch->trace.pipe_count;
	auto_free struct pollfd *fds = memory_zalloc(count + 2, sizeof(*fds));
	uint64_t deadline = until->usec ? now_usec() + until->usec : 0;
	int end = 0;

	fds[0] = (struct pollfd){ .fd = until->pidfd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = watch->signals, .events = POLLIN };
	for (size_t i = 0; i < count; i++)
		fds[i + 2] = (struct pollfd){ .fd = watch->trace.pipes[i], .events = POLLIN };
	while (!end) {
		end = wait_turn(watch, fds, deadline, err);
		if (end < 0)
			return -1;
		if (fds[1].revents & POLLIN)
			end |= take_signals(watch, until);
		if (fds[0].revents)
			end = 1;
		if (drain(watch, err))
			return -1;
	}
	return 0;
}

/* ---- end ------------------------------------------------------------------------------------ */

int trace_watch_end(struct trace_watch *watch, struct err *err)
{
	int ret = 0;

	if (!watch)
		return 0;
	if (watch->parses) {
		ret = kern_tracefs_stop(&watch->trace, err) || drain(watch, err) ? -1 : 0;
		for (size_t i = 0; i < watch->trace.pipe_count; i++)
			trace_parse_end(&watch->parses[i], watch->sink);
		kern_tracefs_release(&watch->trace);
		/* The guard holds copies of the descriptors until it has gone. */
		run_guard_dismiss(&watch->guard);
		if (kern_tracefs_remove(&watch->trace, err))
			ret = -1;
	}
	kern_tracefs_close(&watch->trace);
	close_keep_errno(watch->signals);
	sigprocmask(SIG_SETMASK, &watch->before, NULL);
	free(watch->parses);
	free(watch);
	return ret;
}
