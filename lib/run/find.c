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
#include "kern/pidfd.h"
#include "kern/procfs.h"
#include "run/find.h"
#include "run/run.h"
#include "state/state.h"

bool run_find_is_process(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static int open_process(int proc, struct run_found *found, struct err *err)
{
	struct err absent = { 0 };
	char name[16];

	found->pidfd = kern_pidfd_open(found->pid, &absent);
	if (found->pidfd >= 0) {
		found->proc = kern_pidfd_proc(proc, found->pidfd, &absent);
	} else {
		/* pidfd_open(2) has no threads, /proc has them, though it does not list them. */
		snprintf(name, sizeof(name), "%d", (int)found->pid);
		found->proc = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (found->proc < 0 && errno != ENOENT)
			return err_system(err, "open", "/proc/%d", (int)found->pid);
	}
	if (found->proc >= 0)
		return 0;
	if (found->pidfd < 0 || absent.errnum == ESRCH || absent.errnum == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "", "there is no process %d", (int)found->pid);
	*err = absent;
	return -1;
}

int run_find_process(const char *text, struct run_found *found, struct err *err)
{
	auto_close int proc = -1;
	int pid;

	*found = (struct run_found)RUN_FOUND_NONE;
	if (number_int(text, &pid) || pid <= 0)
		return err_set(err, ERR_USAGE, "", "%.64s is not the number of a process", text);
	proc = kern_procfs_open(err);
	if (proc < 0)
		return -1;
	found->pid = pid;
	return open_process(proc, found, err);
}

static int open_container(const struct state *state, struct run_found *found, struct err *err)
{
	auto_close int proc = kern_procfs_open(err);
	struct err absent = { 0 };

	if (proc < 0)
		return -1;
	found->pid = state->pid;
	if (state->pid > 0 && strcmp(run_status(state), "stopped") != 0) {
		found->pidfd = kern_pidfd_open_started(state->pid, state->start_time, &absent);
		found->proc = found->pidfd < 0 ? -1 : kern_pidfd_proc(proc, found->pidfd, &absent);
	}
	if (found->proc >= 0)
		return 0;
	if (absent.errnum && absent.errnum != ESRCH && absent.errnum != ENOENT) {
		*err = absent;
		return -1;
	}
	err_set(err, ERR_STATE, "", "container not running");
	return err_object(err, "%s", state->id);
}

int run_find_container(const struct run_context *context, const char *id, struct run_found *found,
		       struct err *err)
{
	struct arena *arena = arena_new();
	struct state state = { 0 };
	int ret;

	*found = (struct run_found)RUN_FOUND_NONE;
	ret = run_state(context, id, arena, &state, err) || open_container(&state, found, err) ? -1 : 0;
	arena_free(arena);
	return ret;
}

void run_found_close(struct run_found *found)
{
	close_keep_errno(found->pidfd);
	close_keep_errno(found->proc);
	*found = (struct run_found)RUN_FOUND_NONE;
}
