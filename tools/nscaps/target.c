/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/number.h"
#include "common/command.h"
#include "kern/pidfd.h"
#include "kern/procfs.h"
#include "nscaps/nscaps.h"
#include "nscaps/target.h"
#include "run/run.h"
#include "state/state.h"

bool target_is_process(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static int open_process(const char *text, struct target *target, struct err *err)
{
	auto_close int proc = -1;
	char name[16];
	int pid;

	if (number_int(text, &pid) || pid <= 0) {
		err_set(err, ERR_USAGE, "", "%.64s is not the number of a process", text);
		return -1;
	}
	proc = kern_procfs_open(err);
	if (proc < 0)
		return -1;
	snprintf(name, sizeof(name), "%d", pid);
	target->dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	target->pid = pid;
	if (target->dir >= 0)
		return 0;
	if (errno == ENOENT) {
		err_set(err, ERR_NOT_FOUND, "", "there is no process %d", pid);
		return -1;
	}
	return err_system(err, "open", "/proc/%d", pid);
}

static int open_self(struct target *target, struct err *err)
{
	target->pid = getpid();
	target->dir = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return target->dir < 0 ? err_system(err, "open", "/proc/self") : 0;
}

static int open_container(const struct command_call *call, const char *id, struct target *target,
			  struct err *err)
{
	struct run_context context;
	struct state state = { 0 };
	struct arena *arena = arena_new();
	auto_close int pidfd = -1, proc = -1;
	int ret;

	ret = nscaps_context(call, &context, err) || run_state(&context, id, arena, &state, err) ? -1 : 0;
	if (ret && err->kind == ERR_NOT_FOUND)
		err_hint(err, "a target is the number of a process or the id of a container; nsinit list shows those");
	if (!ret && (!strcmp(run_status(&state), "stopped") || state.pid <= 0)) {
		ret = err_set(err, ERR_STATE, "", "container not running");
		err_object(err, "%s", id);
	}
	if (!ret) {
		pidfd = kern_pidfd_open_started(state.pid, state.start_time, err);
		proc = pidfd < 0 ? -1 : kern_procfs_open(err);
		target->dir = proc < 0 ? -1 : kern_pidfd_proc(proc, pidfd, err);
		target->pid = state.pid;
		target->container = id;
		ret = target->dir < 0 ? -1 : 0;
	}
	arena_free(arena);
	return ret;
}

int target_open(const struct command_call *call, const char *text, struct target *target, struct err *err)
{
	*target = (struct target)TARGET_NONE;
	if (!text || !strcmp(text, "self"))
		return open_self(target, err);
	target->name = text;
	return target_is_process(text) ? open_process(text, target, err) : open_container(call, text, target, err);
}
