/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/cgroup/events.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/kill.h"
#include "run/cgroup.h"
#include "run/cgroup_watch.h"

struct run_cgroup_watch {
	/* v1's memory, v2's group; fd -1: no such */
	struct kern_cgroup_events memory, unified;
	int timer;
	unsigned looks; /* v1 told an OOM: so many looks are left for the kill that follows, which it does not
			   tell */
};

#define KILL_LOOKS 8 /* 10 ms, doubling: 2.5 s on a machine that is short of everything */
#define KILL_LOOK_MSEC 10

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int left_ms(int64_t deadline, int timeout_ms)
{
	int64_t left = deadline - now_ms();

	if (timeout_ms < 0)
		return -1;
	return left > 0 ? (int)left : 0;
}

static int open_events(struct run_cgroup_watch *watch, struct run_cgroup *cgroup, struct err *err)
{
	struct run_cgroup_place *memory = run_cgroup_find(cgroup, "memory");
	struct run_cgroup_place *unified = run_cgroup_unified(cgroup);

	if (memory && memory->group && !memory->group->v2 &&
	    faccessat(memory->group->fd, "memory.oom_control", F_OK, 0) == 0 &&
	    kern_cgroup_events_open(&watch->memory, memory->group, err))
		return -1;
	/* v2's root has no events. */
	if (unified && unified->group && faccessat(unified->group->fd, "cgroup.events", F_OK, 0) == 0 &&
	    kern_cgroup_events_open(&watch->unified, unified->group, err))
		return -1;
	return 0;
}

/* Steady: a slow reader of our output misses ticks, it does not shift them. */
static int open_timer(struct run_cgroup_watch *watch, uint64_t interval_usec, struct err *err)
{
	struct itimerspec times = { .it_value = { .tv_nsec = 1 },
				    .it_interval = { .tv_sec = (time_t)(interval_usec / 1000000),
						     .tv_nsec = (long)(interval_usec % 1000000) * 1000 } };

	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (watch->timer < 0 || timerfd_settime(watch->timer, 0, &times, NULL))
		return err_system(err, "timerfd", "the interval");
	return 0;
}

struct run_cgroup_watch *run_cgroup_watch_open(struct run_cgroup *cgroup, uint64_t interval_usec,
					       struct err *err)
{
	struct run_cgroup_watch *watch = memory_zalloc(1, sizeof(*watch));
	int ret;

	watch->memory.fd = watch->memory.control = watch->unified.fd = watch->unified.control = watch->timer =
		-1;
	ret = open_events(watch, cgroup, err);
	if (!ret && interval_usec)
		ret = open_timer(watch, interval_usec, err);
	if (!ret && !interval_usec && watch->memory.fd < 0 && watch->unified.fd < 0) {
		err_set(err, ERR_UNSUPPORTED, "",
			"the kernel tells nothing of this group: it is in no cgroup v2 hierarchy, nor in "
			"v1's of memory");
		ret = err_object(err, "%s", cgroup->name);
	}
	if (!ret)
		return watch;
	run_cgroup_watch_close(watch);
	return NULL;
}

void run_cgroup_watch_close(struct run_cgroup_watch *watch)
{
	if (!watch)
		return;
	kern_cgroup_events_close(&watch->memory);
	kern_cgroup_events_close(&watch->unified);
	close_keep_errno(watch->timer);
	free(watch);
}

/* After the end there is nothing more to hear of it, and the eventfd of v1 would tell again and again. */
static int read_events(struct kern_cgroup_events *events, struct err *err)
{
	int changed = kern_cgroup_events_read(events, err);

	if (changed >= 0 && events->counts.gone) {
		struct kern_cgroup_event_counts last = events->counts;

		kern_cgroup_events_close(events);
		events->counts = last;
	}
	return changed;
}

/* v1's memory has something, or it is time to look for a kill. */
static int read_memory(struct run_cgroup_watch *watch, struct err *err)
{
	struct kern_cgroup_event_counts before = watch->memory.counts;
	int changed = read_events(&watch->memory, err);

	if (watch->looks)
		watch->looks--;
	if (watch->memory.counts.oom != before.oom)
		watch->looks = KILL_LOOKS;
	if (watch->memory.counts.oom_kill != before.oom_kill || watch->memory.counts.gone)
		watch->looks = 0;
	return changed;
}

static int next_timeout(const struct run_cgroup_watch *watch, int left)
{
	int look = KILL_LOOK_MSEC << (KILL_LOOKS - watch->looks);

	if (!watch->looks || watch->memory.fd < 0)
		return left;
	return left >= 0 && left < look ? left : look;
}

int run_cgroup_watch_next(struct run_cgroup_watch *watch, int timeout_ms, enum run_cgroup_event *event,
			  struct err *err)
{
	int64_t deadline = now_ms() + timeout_ms;

	for (;;) {
		struct pollfd fds[] = { { watch->memory.fd, POLLIN, 0 },
					{ watch->unified.fd, POLLIN, 0 },
					{ watch->timer, POLLIN, 0 } };
		int left = left_ms(deadline, timeout_ms), wait = next_timeout(watch, left), changed = 0;
		int n = poll(fds, ARRAY_SIZE(fds), wait);
		uint64_t ticks;

		if (n < 0 && errno != EINTR)
			return err_system(err, "poll", "the events of the group");
		if (n == 0 && wait == left)
			return 0;
		if (n == 0 || (n > 0 && fds[0].revents))
			changed = read_memory(watch, err);
		if (n > 0 && changed >= 0 && fds[1].revents)
			changed |= read_events(&watch->unified, err);
		if (changed < 0)
			return -1;
		if (changed) {
			*event = RUN_CGROUP_CHANGE;
			return 1;
		}
		if (n > 0 && fds[2].revents && read(watch->timer, &ticks, sizeof(ticks)) > 0) {
			*event = RUN_CGROUP_TIME;
			return 1;
		}
	}
}

void run_cgroup_watch_counts(const struct run_cgroup_watch *watch, struct kern_cgroup_event_counts *counts)
{
	const struct kern_cgroup_event_counts *memory = &watch->memory.counts,
					      *unified = &watch->unified.counts;
	bool has_v1 = watch->memory.group != NULL, has_v2 = watch->unified.group != NULL;

	*counts = has_v2 ? *unified : *memory;
	if (!has_v1 || !has_v2)
		return;
	counts->max += memory->max;
	counts->oom += memory->oom;
	counts->oom_kill += memory->oom_kill;
	counts->under_oom = memory->under_oom;
	counts->gone = memory->gone && unified->gone;
}

/* v2's place first: its file tells, where v1 has only the processes themselves to wait for. */
int run_cgroup_wait_empty(struct run_cgroup *cgroup, int timeout_ms, struct err *err)
{
	int64_t deadline = now_ms() + timeout_ms;

	for (size_t i = cgroup->count; i-- > 0;) {
		struct kern_cgroup *group = cgroup->places[i].group;
		struct err failure;

		do {
			int left = left_ms(deadline, timeout_ms);

			failure = (struct err){ 0 };
			if (!group ||
			    kern_cgroup_wait_empty(group, left < 0 ? INT_MAX / 2 : left, &failure) == 0)
				break;
			if (failure.errnum == ETIMEDOUT && left >= 0) {
				*err = failure;
				return 0;
			}
		} while (failure.errnum == ETIMEDOUT);
		if (err_is_set(&failure)) {
			*err = failure;
			return -1;
		}
	}
	return 1;
}
