/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exec: another process in a running container. */
#include <stdio.h>
#include <string.h>
#include <sched.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/pidfd.h"
#include "kern/terminal.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "run/begin.h"
#include "run/container.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/relay.h"
#include "run/run.h"
#include "spec/types.h"
#include "state/state.h"

struct entry {
	struct begin begin;
	struct container container;
	struct spec spec; /* the container's, with the new process in it */
	struct plan_request request;
};

/* A v2 group that has enabled controllers for its children takes no processes (cgroup-v2.rst). */
static bool can_hold(const struct state_cgroup *cgroup)
{
	struct kern_cgroup group = { 0 };
	struct err refused = { 0 };
	char enabled[256];
	bool holds;

	holds = kern_cgroup_open(&group, cgroup->mountpoint, cgroup->path, &refused) == 0 &&
		kern_cgroup_read(&group, "cgroup.subtree_control", enabled, sizeof(enabled), &refused) == 0;
	kern_cgroup_close(&group);
	return holds;
}

/*
 * Where the new process goes: the sub-cgroup asked for, else the container's,
 * else (a nested runtime or systemd has filled that with groups of its own) where
 * the container's first process is now.
 */
static int choose_cgroups(const struct container *container, const char *sub_cgroup, struct err *err)
{
	struct state *state = container->state;

	for (size_t i = 0; i < state->cgroup_count; i++) {
		struct state_cgroup *cgroup = &state->cgroups[i];

		if (sub_cgroup) {
			if (strstr(sub_cgroup, "..") || sub_cgroup[0] == '\0') {
				err_set(err, ERR_USAGE, "--cgroup", "must be a path below the container's cgroup");
				return err_object(err, "%s", sub_cgroup);
			}
			cgroup->path = arena_printf(container->arena, "%s/%s", cgroup->path,
						    sub_cgroup + (sub_cgroup[0] == '/'));
			continue;
		}
		if (cgroup->v2 && !can_hold(cgroup)) {
			struct kern_cgroup_hierarchies list = { 0 };

			if (kern_cgroup_hierarchies_of(state->pid, &list, err))
				return -1;
			for (size_t j = 0; j < list.count; j++)
				if (list.items[j].v2)
					cgroup->path = arena_strdup(container->arena, list.items[j].own);
			kern_cgroup_hierarchies_free(&list);
		}
	}
	return 0;
}

/* Fields the new process does not name come from the container's own. */
static void merge_process(struct spec_process *process, const struct spec_process *own, bool own_label)
{
	if (!process->cwd)
		process->cwd = own->cwd;
	if (!process->env.given)
		process->env = own->env;
	if (!process->capabilities.given) {
		process->capabilities = own->capabilities;
		/* Another process than the container's first needs no inheritable ones (CVE-2022-29162). */
		process->capabilities.inheritable &= process->capabilities.ambient;
	}
	if (!process->apparmor_profile && !own_label)
		process->apparmor_profile = own->apparmor_profile;
	if (!process->selinux_label && !own_label)
		process->selinux_label = own->selinux_label;
	if (!process->rlimit_count) {
		process->rlimits = own->rlimits;
		process->rlimit_count = own->rlimit_count;
	}
	if (!process->user.has_umask) {
		process->user.has_umask = own->user.has_umask;
		process->user.umask = own->user.umask;
	}
	process->no_new_privileges |= own->no_new_privileges;
}

static int check_terminal(const struct run_exec_request *request, const struct spec_process *process,
			  struct err *err)
{
	if (process->terminal && request->detach && !request->console_socket)
		return err_set(err, ERR_USAGE, "terminal",
			       "a detached process with a terminal needs --console-socket");
	if (!process->terminal && request->console_socket)
		return err_set(err, ERR_USAGE, "--console-socket", "the process has no terminal (--tty)");
	return 0;
}

static int check_status(const struct container *container, const struct run_exec_request *request, struct err *err)
{
	static const char *const running[] = { "created", "running", NULL };
	static const char *const with_paused[] = { "created", "running", "paused", NULL };

	return container_require(container, "exec", request->ignore_paused ? with_paused : running, err);
}

static int prepare(struct entry *entry, const struct run_context *context, const struct run_exec_request *request,
		   struct err *err)
{
	struct engine *engine = &entry->begin.engine;
	struct container *container = &entry->container;
	struct plan_exec_request exec = { .id = request->id,
					  .container = container->spec,
					  .process = &entry->spec.process,
					  .cgroup_count = request->own_cgroup ? 0 : container->state->cgroup_count,
					  .no_new_keyring = request->no_new_keyring,
					  .pid_file = request->pid_file };

	if (choose_cgroups(container, request->sub_cgroup, err) ||
	    begin_init(&entry->begin, context, &entry->spec, err))
		return -1;
	exec.cgroups = container_cgroup_steps(container);
	if (plan_build_exec(&entry->begin.plan, &entry->begin.host, &exec, err) ||
	    begin_allocate(&entry->begin, err))
		return -1;
	entry->request = (struct plan_request){ .id = request->id };
	engine->request = &entry->request;
	engine->spec = &entry->spec;
	*engine->state = *container->state;
	engine->preserve_fds = request->preserve_fds;
	begin_listen(&entry->begin, &request->listen);
	engine->container_pidfd = container_pidfd(container, err);
	if (engine->container_pidfd < 0)
		return -1;
	if (request->console_socket) {
		engine->console = kern_terminal_connect(request->console_socket, err);
		if (engine->console < 0)
			return -1;
	}
	return 0;
}

static int enter(struct entry *entry, const struct run_context *context, const struct run_exec_request *request,
		 int *status, struct err *err)
{
	struct engine *engine = &entry->begin.engine;

	if (prepare(entry, context, request, err))
		return -1;
	if (engine_walk(engine, err) || begin_send_pidfd(&entry->begin, request->pidfd_socket, err)) {
		engine_undo(engine);
		return -1;
	}
	begin_report_timing(&entry->begin);
	if (request->detach)
		return 0;
	return relay_run(&(struct relay){ .pid = engine->pid, .pidfd = engine->pidfd, .master = engine->terminal,
					  .log = request->terminal_log, .signals = engine->signals },
			 status, err);
}

int run_exec(const struct run_context *context, const struct run_exec_request *request, int *status,
	     struct err *err)
{
	struct entry entry = { 0 };
	struct container *container = &entry.container;
	int ret = container_open(container, context, request->id, CONTAINER_UNLOCKED, err);

	if (!ret)
		ret = check_status(container, request, err) || container_read_spec(container, err) ? -1 : 0;
	if (!ret) {
		entry.spec = *container->spec;
		entry.spec.process = *request->process;
		merge_process(&entry.spec.process, &container->spec->process, request->own_label);
		ret = check_terminal(request, &entry.spec.process, err);
	}
	if (!ret)
		ret = enter(&entry, context, request, status, err);
	if (entry.begin.arena) {
		close_keep_errno(take_fd(&entry.begin.engine.container_pidfd));
		begin_end(&entry.begin);
	}
	container_close(container);
	return ret;
}
