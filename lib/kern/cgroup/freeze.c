/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"

static int no_freezer(const struct kern_cgroup *group, struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "freeze",
		group->v2 ? "this kernel's cgroup v2 has no cgroup.freeze (since 5.2), and the root has none"
			  : "this hierarchy has no freezer");
	return err_object(err, "%s%s", group->mountpoint, group->path);
}

static int read_v2(const struct kern_cgroup *group, enum kern_cgroup_freeze_state *state)
{
	char text[256];
	uint64_t value;

	*state = KERN_CGROUP_THAWED;
	if (file_read_small(group->fd, "cgroup.events", text, sizeof(text)) < 0)
		return errno == ENOENT ? 0 : -1;
	if (kern_cgroup_text_key(text, "frozen", &value) && value) {
		*state = KERN_CGROUP_FROZEN;
		return 0;
	}
	if (file_read_small(group->fd, "cgroup.freeze", text, sizeof(text)) > 0 && text[0] == '1')
		*state = KERN_CGROUP_FREEZING;
	return 0;
}

static int read_v1(const struct kern_cgroup *group, enum kern_cgroup_freeze_state *state)
{
	char text[32];

	*state = KERN_CGROUP_THAWED;
	if (file_read_small(group->fd, "freezer.state", text, sizeof(text)) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!strcmp(text, "FROZEN"))
		*state = KERN_CGROUP_FROZEN;
	else if (!strcmp(text, "FREEZING"))
		*state = KERN_CGROUP_FREEZING;
	return 0;
}

int kern_cgroup_freeze_read(const struct kern_cgroup *group, enum kern_cgroup_freeze_state *state,
			    struct err *err)
{
	if ((group->v2 ? read_v2 : read_v1)(group, state) == 0)
		return 0;
	return err_system(err, "read the freezer's state of", "%s%s", group->mountpoint, group->path);
}

/* A process in state D, which only stops when the kernel lets it. Its pid, or 0. */
static pid_t find_unstoppable(const struct kern_cgroup *group)
{
	struct kern_cgroup_pids pids = { 0 };
	struct err ignored = { 0 };
	pid_t found = 0;

	if (kern_cgroup_pids_list(group, true, &pids, &ignored) == 0) {
		for (size_t i = 0; i < pids.count && !found; i++) {
			char path[64], text[512];
			const char *end;

			snprintf(path, sizeof(path), "/proc/%d/stat", (int)pids.items[i]);
			if (file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0)
				continue;
			end = strrchr(text, ')');
			if (end && end[1] == ' ' && end[2] == 'D')
				found = pids.items[i];
		}
	}
	kern_cgroup_pids_free(&pids);
	return found;
}

static int freeze_timeout(const struct kern_cgroup *group, struct err *err)
{
	pid_t stuck = find_unstoppable(group);

	errno = ETIMEDOUT;
	err_system(err, "freeze", "%s%s", group->mountpoint, group->path);
	if (stuck)
		return err_hint(err, "process %d is in the kernel and cannot be stopped (state D)", (int)stuck);
	return -1;
}

/*
 * v1: a state that hangs in FREEZING gets going again when FROZEN is written
 * anew: a process that was in vfork() or just forked is asked once more.
 */
static int freeze_v1(const struct kern_cgroup *group, int64_t deadline, struct err *err)
{
	enum kern_cgroup_freeze_state state;

	for (unsigned tries = 0;; tries++) {
		if (kern_cgroup_write(group, "freezer.state", "FROZEN", false, err) != 0 ||
		    kern_cgroup_freeze_read(group, &state, err) != 0)
			return -1;
		if (state == KERN_CGROUP_FROZEN)
			return 0;
		if (cgroup_left_ms(deadline) == 0) {
			freeze_timeout(group, err);
			file_write_at(group->fd, "freezer.state", "THAWED");
			return -1;
		}
		cgroup_nap(tries);
	}
}

static int freeze_v2(const struct kern_cgroup *group, int64_t deadline, struct err *err)
{
	int result;

	if (kern_cgroup_write(group, "cgroup.freeze", "1", false, err) != 0)
		return -1;
	result = cgroup_wait_event(group->fd, "frozen", 1, deadline);
	if (result == 1)
		return 0;
	if (result < 0)
		err_system(err, "wait for", "%s%s/cgroup.events", group->mountpoint, group->path);
	else
		freeze_timeout(group, err);
	file_write_at(group->fd, "cgroup.freeze", "0");
	return -1;
}

static bool can_freeze(const struct kern_cgroup *group)
{
	return faccessat(group->fd, group->v2 ? "cgroup.freeze" : "freezer.state", F_OK, 0) == 0 ||
	       errno != ENOENT;
}

int kern_cgroup_freeze(const struct kern_cgroup *group, int timeout_ms, struct err *err)
{
	int64_t deadline = cgroup_now_ms() + timeout_ms;

	if (!can_freeze(group))
		return no_freezer(group, err);
	return group->v2 ? freeze_v2(group, deadline, err) : freeze_v1(group, deadline, err);
}

static int thaw_timeout(const struct kern_cgroup *group, struct err *err)
{
	errno = ETIMEDOUT;
	err_system(err, "thaw", "%s%s", group->mountpoint, group->path);
	return err_hint(err, "a group above it is frozen: thaw that one");
}

int kern_cgroup_thaw(const struct kern_cgroup *group, int timeout_ms, struct err *err)
{
	int64_t deadline = cgroup_now_ms() + timeout_ms;
	enum kern_cgroup_freeze_state state;
	char text[16];
	int result;

	if (!can_freeze(group))
		return no_freezer(group, err);
	if (group->v2) {
		if (kern_cgroup_write(group, "cgroup.freeze", "0", false, err) != 0)
			return -1;
		result = cgroup_wait_event(group->fd, "frozen", 0, deadline);
		if (result < 0)
			return err_system(err, "wait for", "%s%s/cgroup.events", group->mountpoint,
					  group->path);
		return result == 1 ? 0 : thaw_timeout(group, err);
	}
	if (kern_cgroup_write(group, "freezer.state", "THAWED", false, err) != 0 ||
	    kern_cgroup_freeze_read(group, &state, err) != 0)
		return -1;
	if (state == KERN_CGROUP_THAWED)
		return 0;
	/* v1 thaws at once, if at all. */
	if (file_read_small(group->fd, "freezer.parent_freezing", text, sizeof(text)) > 0 && text[0] == '1')
		return thaw_timeout(group, err);
	errno = EBUSY;
	return err_system(err, "thaw", "%s%s", group->mountpoint, group->path);
}

int kern_cgroup_thaw_frozen(const struct kern_cgroup *group, int timeout_ms, struct err *err)
{
	enum kern_cgroup_freeze_state state;

	if (kern_cgroup_freeze_read(group, &state, err))
		return -1;
	return state == KERN_CGROUP_THAWED ? 0 : kern_cgroup_thaw(group, timeout_ms, err);
}
