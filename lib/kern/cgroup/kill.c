/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"
#include "kern/cgroup/kill.h"

#define FREEZE_MS 2000 /* for one round: a process in state D must not keep the others alive */

static int send_to(const struct kern_cgroup *group, const struct kern_cgroup_pids *pids, int signal,
		   size_t *sent, struct err *err)
{
	pid_t self = getpid();
	int result = 0;

	for (size_t i = 0; i < pids->count; i++) {
		pid_t pid = pids->items[i];

		/* 0 is a process outside our pid namespace; to kill() it would mean our process group. */
		if (pid <= 0 || pid == self)
			continue;
		if (kill(pid, signal) == 0) {
			if (sent)
				++*sent;
		} else if (errno != ESRCH) {
			/* The others still get theirs. */
			result = err_system(err, "kill", "process %d in %s%s", (int)pid, group->mountpoint,
					    group->path);
		}
	}
	return result;
}

static int signal_all(const struct kern_cgroup *group, int signal, size_t *sent, struct err *err)
{
	struct kern_cgroup_pids pids = { 0 };
	int result = kern_cgroup_pids_list(group, true, &pids, err);

	if (result == 0)
		result = send_to(group, &pids, signal, sent, err);
	kern_cgroup_pids_free(&pids);
	return result;
}

static bool contains_self(const struct kern_cgroup *group)
{
	struct kern_cgroup_pids pids = { 0 };
	struct err ignored = { 0 };
	pid_t self = getpid();
	bool found = false;

	kern_cgroup_pids_list(group, true, &pids, &ignored);
	for (size_t i = 0; i < pids.count && !found; i++)
		found = pids.items[i] == self;
	kern_cgroup_pids_free(&pids);
	return found;
}

/*
 * One round without cgroup.kill. Frozen processes cannot fork, so the list is
 * whole; on v1 they die when thawed. Where there is no freezer, or it does
 * not get hold of one, the round is repeated by the caller.
 */
static int kill_round(const struct kern_cgroup *group, size_t *sent, struct err *err)
{
	struct err ignored = { 0 };
	int result;

	kern_cgroup_freeze(group, FREEZE_MS, &ignored);
	result = signal_all(group, SIGKILL, sent, err);
	ignored = (struct err){ 0 };
	kern_cgroup_thaw(group, FREEZE_MS, &ignored);
	return result;
}

/* cgroup.kill (5.14). 1: done; 0: the kernel or this group has none. */
static int kill_by_file(const struct kern_cgroup *group, struct err *err)
{
	if (!group->v2)
		return 0;
	if (file_write_at(group->fd, "cgroup.kill", "1") == 0 || errno == ENODEV)
		return 1;
	/* ENOENT: no such file, or no such group; EOPNOTSUPP: a threaded group, whose file is its domain's. */
	if (errno == ENOENT || errno == EOPNOTSUPP)
		return 0;
	return err_system(err, "write", "\"1\" to %s%s/cgroup.kill", group->mountpoint, group->path);
}

static int refuse_self(const struct kern_cgroup *group, struct err *err)
{
	err_set(err, ERR_STATE, "kill", "this program is itself in the group");
	return err_object(err, "%s%s", group->mountpoint, group->path);
}

int cgroup_kill_by_signals(const struct kern_cgroup *group, int64_t deadline, struct err *err)
{
	for (unsigned tries = 0;; tries++) {
		int populated = kern_cgroup_is_populated(group, err);

		if (populated <= 0)
			return populated;
		if (cgroup_left_ms(deadline) == 0)
			return kern_cgroup_wait_empty(group, 0, err);
		if (kill_round(group, NULL, err) != 0)
			return -1;
		if (tries > 0)
			cgroup_nap(tries - 1);
	}
}

int kern_cgroup_kill(const struct kern_cgroup *group, int timeout_ms, struct err *err)
{
	int64_t deadline = cgroup_now_ms() + timeout_ms;
	int result = kern_cgroup_is_populated(group, err);

	/* The usual delete: all have ended by themselves. */
	if (result <= 0)
		return result;
	if (contains_self(group))
		return refuse_self(group, err);
	result = kill_by_file(group, err);
	if (result == 0)
		return cgroup_kill_by_signals(group, deadline, err);
	return result < 0 ? -1 : kern_cgroup_wait_empty(group, cgroup_left_ms(deadline), err);
}

int kern_cgroup_signal(const struct kern_cgroup *group, int signal, size_t *sent, struct err *err)
{
	size_t count = 0;
	int result;

	if (signal != SIGKILL) {
		result = signal_all(group, signal, &count, err);
	} else if (contains_self(group)) {
		result = kill_round(group, &count, err);
	} else {
		struct kern_cgroup_pids pids = { 0 };

		result = kern_cgroup_pids_list(group, true, &pids, err);
		count = pids.count;
		kern_cgroup_pids_free(&pids);
		if (result == 0)
			result = kill_by_file(group, err);
		if (result == 0) {
			count = 0;
			result = kill_round(group, &count, err);
		}
		result = result < 0 ? -1 : 0;
	}
	if (sent)
		*sent = count;
	return result;
}

static int not_empty(const struct kern_cgroup *group, struct err *err)
{
	struct kern_cgroup_pids pids = { 0 };
	struct err ignored = { 0 };

	errno = ETIMEDOUT;
	err_system(err, "wait for the processes of", "%s%s", group->mountpoint, group->path);
	if (kern_cgroup_pids_list(group, true, &pids, &ignored) == 0 && pids.count > 0)
		err_hint(err, "%zu left, the first is process %d", pids.count, (int)pids.items[0]);
	kern_cgroup_pids_free(&pids);
	return -1;
}

/* v1 tells nothing, but a process's own end can be waited for. False when it cannot. */
static bool wait_for_one(const struct kern_cgroup *group, int64_t deadline)
{
	struct kern_cgroup_pids pids = { 0 };
	struct err ignored = { 0 };
	auto_close int fd = -1;

	if (kern_cgroup_pids_list(group, true, &pids, &ignored) == 0)
		for (size_t i = 0; i < pids.count && fd < 0; i++)
			if (pids.items[i] > 0)
				fd = (int)syscall(SYS_pidfd_open, pids.items[i], 0);
	kern_cgroup_pids_free(&pids);
	if (fd < 0)
		return false;
	return poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, cgroup_left_ms(deadline)) > 0;
}

int kern_cgroup_wait_empty(const struct kern_cgroup *group, int timeout_ms, struct err *err)
{
	int64_t deadline = cgroup_now_ms() + timeout_ms;
	int result;

	if (group->v2) {
		result = cgroup_wait_event(group->fd, "populated", 0, deadline);
		if (result == 1 || (result < 0 && cgroup_errno_gone(errno)))
			return 0;
		if (result == 0)
			return not_empty(group, err);
		return err_system(err, "wait for", "%s%s/cgroup.events", group->mountpoint, group->path);
	}
	for (unsigned tries = 0;; tries++) {
		int populated = kern_cgroup_is_populated(group, err);

		if (populated <= 0)
			return populated;
		if (cgroup_left_ms(deadline) == 0)
			return not_empty(group, err);
		/* A zombie has ended but may still be listed until it is off the CPU. */
		wait_for_one(group, deadline);
		cgroup_nap(tries < 2 ? 0 : tries - 2);
	}
}
