/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/events.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"

/* A key that the file lacks leaves the counter alone. */
static bool key_flag(const char *text, const char *key)
{
	uint64_t value;

	return kern_cgroup_text_key(text, key, &value) && value != 0;
}

static int read_counts_v2(const struct kern_cgroup *group, struct kern_cgroup_event_counts *counts)
{
	char text[512];

	if (file_read_small(group->fd, "cgroup.events", text, sizeof(text)) < 0)
		return -1;
	counts->populated = key_flag(text, "populated");
	counts->frozen = key_flag(text, "frozen");
	if (file_read_small(group->fd, "memory.events", text, sizeof(text)) < 0)
		return errno == ENOENT ? 0 : -1; /* no memory controller here */
	kern_cgroup_text_key(text, "low", &counts->low);
	kern_cgroup_text_key(text, "high", &counts->high);
	kern_cgroup_text_key(text, "max", &counts->max);
	kern_cgroup_text_key(text, "oom", &counts->oom);
	kern_cgroup_text_key(text, "oom_kill", &counts->oom_kill);
	return 0;
}

static int read_counts_v1(const struct kern_cgroup *group, struct kern_cgroup_event_counts *counts)
{
	char text[512];
	struct err ignored = { 0 };

	if (file_read_small(group->fd, "memory.oom_control", text, sizeof(text)) < 0)
		return -1;
	kern_cgroup_text_key(text, "oom_kill", &counts->oom_kill);
	counts->under_oom = key_flag(text, "under_oom");
	kern_cgroup_read_number(group, "memory.failcnt", &counts->max, &ignored);
	ignored = (struct err){ 0 };
	counts->populated = kern_cgroup_is_populated(group, &ignored) == 1;
	return 0;
}

static int read_counts(struct kern_cgroup_events *events, struct kern_cgroup_event_counts *counts,
		       struct err *err)
{
	const struct kern_cgroup *group = events->group;

	*counts = events->counts;
	if ((events->v2 ? read_counts_v2 : read_counts_v1)(group, counts) == 0)
		return 0;
	if (!cgroup_errno_gone(errno))
		return err_system(err, "read the events of", "%s%s", group->mountpoint, group->path);
	counts->gone = true;
	counts->populated = false;
	return 0;
}

static int watch(int fd, int dirfd, const char *name, uint32_t mask)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
	return inotify_add_watch(fd, path, mask);
}

/* The kernel tells changes of the two files, but of a removal only the parent directory. */
static int open_v2(struct kern_cgroup_events *events, struct err *err)
{
	const struct kern_cgroup *group = events->group;
	auto_close int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0)
		return err_system(err, "inotify_init1", "%s%s", group->mountpoint, group->path);
	if (watch(fd, group->fd, "cgroup.events", IN_MODIFY) < 0)
		return err_system(err, "watch", "%s%s/cgroup.events", group->mountpoint, group->path);
	if (watch(fd, group->fd, "memory.events", IN_MODIFY) < 0 && errno != ENOENT)
		return err_system(err, "watch", "%s%s/memory.events", group->mountpoint, group->path);
	if (watch(fd, group->fd, "..", IN_DELETE | IN_ONLYDIR) < 0)
		return err_system(err, "watch", "%s%s/..", group->mountpoint, group->path);
	events->fd = take_fd(&fd);
	return 0;
}

/* cgroup-v1/memory.rst, section 10. The eventfd also fires when the group is removed. */
static int open_v1(struct kern_cgroup_events *events, struct err *err)
{
	const struct kern_cgroup *group = events->group;
	auto_close int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	char text[32];

	if (fd < 0)
		return err_system(err, "eventfd", "%s%s", group->mountpoint, group->path);
	events->control = openat(group->fd, "memory.oom_control", O_RDONLY | O_CLOEXEC);
	if (events->control < 0)
		return err_system(err, "open", "%s%s/memory.oom_control", group->mountpoint, group->path);
	snprintf(text, sizeof(text), "%d %d", fd, events->control);
	if (kern_cgroup_write(group, "cgroup.event_control", text, false, err) != 0)
		return -1;
	events->fd = take_fd(&fd);
	return 0;
}

int kern_cgroup_events_open(struct kern_cgroup_events *events, const struct kern_cgroup *group,
			    struct err *err)
{
	struct kern_cgroup_event_counts counts;
	int result;

	*events = (struct kern_cgroup_events){ .fd = -1, .control = -1, .v2 = group->v2, .group = group };
	/* Watch first, read then: what happens between is in both, not in neither. */
	result = group->v2 ? open_v2(events, err) : open_v1(events, err);
	if (result == 0)
		result = read_counts(events, &counts, err);
	if (result != 0) {
		kern_cgroup_events_close(events);
		return -1;
	}
	events->counts = counts;
	return 0;
}

static int drain_v2(const struct kern_cgroup_events *events, struct err *err)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(events->fd, buf, sizeof(buf))) > 0)
		;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return err_system(err, "read", "the inotify events of %s%s", events->group->mountpoint,
				  events->group->path);
	return 0;
}

int kern_cgroup_events_read(struct kern_cgroup_events *events, struct err *err)
{
	struct kern_cgroup_event_counts now;
	uint64_t notified = 0;
	bool changed;

	if (events->v2 && drain_v2(events, err) != 0)
		return -1;
	if (!events->v2 && read(events->fd, &notified, sizeof(notified)) < 0 && errno != EAGAIN)
		return err_system(err, "read", "the eventfd of %s%s", events->group->mountpoint,
				  events->group->path);
	if (read_counts(events, &now, err) != 0)
		return -1;
	/* v1 has no counter of its own; it notifies before it kills, and once for the removal. */
	if (!events->v2 && !now.gone)
		now.oom += notified;
	changed = now.low != events->counts.low || now.high != events->counts.high ||
		  now.max != events->counts.max || now.oom != events->counts.oom ||
		  now.oom_kill != events->counts.oom_kill || now.populated != events->counts.populated ||
		  now.frozen != events->counts.frozen || now.under_oom != events->counts.under_oom ||
		  now.gone != events->counts.gone;
	events->counts = now;
	return changed;
}

/* v1 notifies before it kills and does not tell the kill: give the counter a moment, 31 ms at most. */
static int await_kill_v1(struct kern_cgroup_events *events, uint64_t killed_before, struct err *err)
{
	int changed = 0;

	for (unsigned tries = 0; tries < 5 && changed >= 0; tries++) {
		if (events->counts.gone || events->counts.oom_kill != killed_before)
			return 1;
		cgroup_nap(tries);
		changed = kern_cgroup_events_read(events, err);
	}
	return changed < 0 ? -1 : 1;
}

int kern_cgroup_events_wait(struct kern_cgroup_events *events, int timeout_ms, struct err *err)
{
	int64_t deadline = cgroup_now_ms() + timeout_ms;

	for (;;) {
		struct pollfd poller = { .fd = events->fd, .events = POLLIN };
		int n = poll(&poller, 1, timeout_ms < 0 ? -1 : cgroup_left_ms(deadline));

		if (n < 0 && errno != EINTR)
			return err_system(err, "poll", "the events of %s%s", events->group->mountpoint,
					  events->group->path);
		if (n > 0) {
			struct kern_cgroup_event_counts before = events->counts;
			int changed = kern_cgroup_events_read(events, err);

			if (changed > 0 && !events->v2 && events->counts.oom != before.oom)
				return await_kill_v1(events, before.oom_kill, err);
			if (changed != 0)
				return changed;
		}
		if (timeout_ms >= 0 && cgroup_left_ms(deadline) == 0)
			return 0;
	}
}

void kern_cgroup_events_close(struct kern_cgroup_events *events)
{
	close_keep_errno(events->fd);
	close_keep_errno(events->control);
	events->fd = events->control = -1;
}
