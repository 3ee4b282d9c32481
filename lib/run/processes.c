/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/kill.h"
#include "kern/pidfd.h"
#include "run/container.h"
#include "run/processes.h"
#include "run/run.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/state.h"

#define TIMEOUT_MSEC 10000

static bool is_freezer(const struct state_cgroup *cgroup)
{
	const char *slash = strrchr(cgroup->mountpoint, '/');

	return slash && !strcmp(slash, "/freezer");
}

static bool is_own(const struct state *state, const struct state_cgroup *cgroup)
{
	return cgroup->created || state->systemd_scope;
}

/* v2 first (its kill escapes no fork), then v1's freezer, then whatever there is. */
static const struct state_cgroup *best(const struct state *state, bool own)
{
	const struct state_cgroup *found = NULL;

	for (size_t i = 0; i < state->cgroup_count; i++) {
		if (own && !is_own(state, &state->cgroups[i]))
			continue;
		if (state->cgroups[i].v2)
			return &state->cgroups[i];
		if (!found || is_freezer(&state->cgroups[i]))
			found = &state->cgroups[i];
	}
	return found;
}

static int open_group(const struct state_cgroup *cgroup, struct kern_cgroup *group, struct err *err)
{
	*group = (struct kern_cgroup){ 0 };
	if (!cgroup)
		return 0;
	if (kern_cgroup_open(group, cgroup->mountpoint, cgroup->path, err) == 0)
		return 1;
	if (err->errnum != ENOENT && err->errnum != ENODEV)
		return -1;
	*err = (struct err){ 0 };
	return 0;
}

static int open_best(const struct container *container, bool own, struct kern_cgroup *group, struct err *err)
{
	return open_group(best(container->state, own), group, err);
}

int processes_thaw_v1(const struct container *container, struct err *err)
{
	const struct state *state = container->state;
	const struct state_cgroup *cgroup = NULL;
	struct kern_cgroup group;
	int found, ret = 0;

	for (size_t i = 0; i < state->cgroup_count; i++)
		if (is_freezer(&state->cgroups[i]))
			cgroup = &state->cgroups[i];
	found = open_group(cgroup, &group, err);
	if (found > 0)
		ret = kern_cgroup_thaw_frozen(&group, TIMEOUT_MSEC, err);
	kern_cgroup_close(&group);
	return found < 0 ? -1 : ret;
}

int processes_cgroup(const struct container *container, struct kern_cgroup *group, struct err *err)
{
	return open_best(container, false, group, err);
}

int processes_kill_first(const struct container *container, struct err *err)
{
	struct err gone = { 0 };
	auto_close int pidfd = container_pidfd(container, &gone);

	if (pidfd < 0)
		return 0;
	if (kern_pidfd_signal(pidfd, SIGKILL, &gone) && gone.errnum != ESRCH) {
		*err = gone;
		return -1;
	}
	if (processes_thaw_v1(container, err))
		return -1;
	if (kern_pidfd_wait(pidfd, TIMEOUT_MSEC, err) == 1)
		return 0;
	err_set(err, ERR_STATE, "kill", "the process %d did not end within %d s", (int)container->state->pid,
		TIMEOUT_MSEC / 1000);
	return err_object(err, "%s", container->state->id);
}

static int kill_group(const struct container *container, const struct kern_cgroup *group, struct err *err)
{
	int populated = kern_cgroup_is_populated(group, err);

	/* Where nothing is left v1's freezer may be others', and theirs to thaw. */
	if (populated <= 0)
		return populated;
	return processes_thaw_v1(container, err) || kern_cgroup_kill(group, TIMEOUT_MSEC, err) ? -1 : 0;
}

int processes_kill(const struct container *container, struct err *err)
{
	struct kern_cgroup group;
	/* In a cgroup that was there before there may be others than the container's. */
	int found = open_best(container, true, &group, err), ret = found < 0 ? -1 : 0;

	if (found > 0)
		ret = kill_group(container, &group, err);
	kern_cgroup_close(&group);
	return ret ? ret : processes_kill_first(container, err);
}

/* Is the container's pid namespace shared, so that its first process does not take the others with it? */
static bool shares_pid_ns(struct container *container)
{
	const struct spec_namespace *pid;
	struct err unreadable = { 0 };

	if (container_read_spec(container, &unreadable))
		return false;
	pid = &container->spec->linux_.namespaces[SPEC_NS_PID];
	return !pid->given || pid->path;
}

static int signal_all(const struct container *container, int signal, struct err *err)
{
	struct kern_cgroup group;
	size_t sent = 0;
	int found = processes_cgroup(container, &group, err), ret = found < 0 ? -1 : 0;

	if (found == 0) {
		/* systemd removes a scope together with its last process: there is nothing to be signalled. */
		if (container->state->cgroup_count && !strcmp(run_status(container->state), "stopped"))
			return 0;
		ret = err_set(err, ERR_UNSUPPORTED, "kill", "it has no cgroup to find all its processes by");
		err_object(err, "%s", container->state->id);
	} else if (found > 0) {
		ret = kern_cgroup_signal(&group, signal, &sent, err);
	}
	kern_cgroup_close(&group);
	return ret;
}

static int signal_one(const struct container *container, int signal, struct err *err)
{
	auto_close int pidfd = container_pidfd(container, err);

	return pidfd < 0 ? -1 : kern_pidfd_signal(pidfd, signal, err);
}

int run_kill(const struct run_context *context, const char *id, int signal, bool all, struct err *err)
{
	static const char *const alive[] = { "created", "running", "paused", NULL };
	static const char *const any[] = { "created", "running", "paused", "stopped", NULL };
	struct container container;
	int ret = container_open(&container, context, id, CONTAINER_UNLOCKED, err);

	if (!ret)
		ret = container_require(&container, "kill", all ? any : alive, err);
	if (!ret) {
		/* SIGKILL to the first process leaves the others alive where they share the pid namespace. */
		bool by_cgroup = all || (signal == SIGKILL && shares_pid_ns(&container) &&
					 container.state->cgroup_count);
		/* A process that v1's freezer holds takes no SIGKILL. */
		bool frozen = signal == SIGKILL && !strcmp(run_status(container.state), "paused");
		ret = by_cgroup || frozen ? signal_all(&container, signal, err) :
					    signal_one(&container, signal, err);
		if (!ret && frozen)
			ret = processes_thaw_v1(&container, err);
	}
	container_close(&container);
	return ret;
}

int run_processes(const struct run_context *context, const char *id, struct arena *arena,
		  struct run_process_list *list, struct err *err)
{
	struct kern_cgroup_pids found_pids = { 0 };
	struct container container;
	struct kern_cgroup group = { 0 };
	int ret = container_open(&container, context, id, CONTAINER_UNLOCKED, err), found = 0;

	if (!ret)
		found = processes_cgroup(&container, &group, err);
	if (found < 0 || (found > 0 && kern_cgroup_pids_list(&group, true, &found_pids, err)))
		ret = -1;
	if (!ret) {
		bool only = !found && strcmp(run_status(container.state), "stopped") != 0;

		list->count = only ? 1 : found_pids.count;
		list->pids = arena_array(arena, list->count, sizeof(*list->pids));
		if (only)
			list->pids[0] = container.state->pid;
		else if (found_pids.count)
			memcpy(list->pids, found_pids.items, found_pids.count * sizeof(*list->pids));
	}
	kern_cgroup_pids_free(&found_pids);
	kern_cgroup_close(&group);
	container_close(&container);
	return ret;
}
