/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans for a container that runs: another process in it, other limits. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

/* Through the container's pidfd (no slot). The pid namespace takes children alone: so the parent joins that
 * one. */
static void join(struct builder *b, int kind, int side)
{
	if (!plan_namespace_is_shared(b, kind))
		plan_add(b, STEP_NS_JOIN, side, "")->ns.kind = (enum spec_namespace_kind)kind;
}

/*
 * Only inside the container's user namespace may an unprivileged caller join the rest; root of another user namespace
 * than the first may not come back from the pid namespace.
 */
static bool is_staged(const struct builder *b)
{
	return (b->joined_user && !b->host->privileged) ||
	       (b->host->in_user_ns && !plan_namespace_is_shared(b, SPEC_NS_PID));
}

static void clone_in(struct builder *b, const struct plan_exec_request *request)
{
	struct step *step;

	if (b->staged) {
		step = plan_add(b, STEP_CLONE, STEP_PARENT, "");
		step->clone.stage = true;
		for (int kind = 0; kind < SPEC_NS_COUNT; kind++)
			join(b, kind, STEP_CHILD);
	} else {
		join(b, SPEC_NS_PID, STEP_PARENT);
		step = plan_add(b, STEP_CLONE, STEP_PARENT, "");
	}
	for (size_t i = 0; i < request->cgroup_count; i++)
		if (request->cgroups[i].cgroup.v2)
			step->clone.cgroup = plan_text(b, "%s%s", request->cgroups[i].cgroup.mountpoint,
						       request->cgroups[i].cgroup.path);
}

static void attach(struct builder *b, const struct plan_exec_request *request)
{
	for (size_t i = 0; i < request->cgroup_count; i++) {
		struct step *step;

		if (request->cgroups[i].cgroup.v2)
			continue;
		step = plan_add(b, STEP_CGROUP_ATTACH, STEP_PARENT, "");
		step->cgroup = request->cgroups[i].cgroup;
	}
}

static void add_terminal(struct builder *b)
{
	struct step *step;

	if (!b->process->terminal)
		return;
	step = plan_add(b, STEP_CONSOLE, STEP_CHILD, "/process/terminal");
	step->console.height = b->process->has_console_size ? b->process->console_height : 0;
	step->console.width = b->process->has_console_size ? b->process->console_width : 0;
}

static void enter(struct builder *b)
{
	if (!b->staged)
		for (int kind = 0; kind < SPEC_NS_COUNT; kind++)
			if (kind != SPEC_NS_PID)
				join(b, kind, STEP_CHILD);
	if (b->joined_user)
		plan_add(b, STEP_BECOME_ROOT, STEP_CHILD, "");
	/* A mount namespace that the container joined has another root than the container. */
	if (plan_namespace_is_joined(b, SPEC_NS_MOUNT))
		plan_add(b, STEP_PIVOT, STEP_CHILD, "/root/path")->pivot.enter =
			plan_path(b, b->spec->root.path);
	plan_add(b, STEP_SESSION, STEP_CHILD, "");
	add_terminal(b);
}

int plan_build_exec(struct plan *plan, const struct host *host, const struct plan_exec_request *request,
		    struct err *err)
{
	struct builder b = { .plan = plan,
			     .spec = request->container,
			     .process = request->process,
			     .host = host,
			     .err = err,
			     .exec = true };
	const struct plan_request naming = { .id = request->id, .no_new_keyring = request->no_new_keyring };

	*plan = (struct plan){ .arena = arena_new() };
	b.arena = plan->arena;
	b.request = memcpy(arena_alloc(b.arena, sizeof(naming)), &naming, sizeof(naming));
	b.joined_user = !plan_namespace_is_shared(&b, SPEC_NS_USER);
	b.staged = is_staged(&b);
	if (plan_process_check(&b))
		return -1;
	plan_seccomp_compile(&b);
	/* execCPUAffinity.initial is for the time until the cgroup, with its own CPUs, is entered. */
	if (b.process->affinity_initial && *b.process->affinity_initial)
		plan_add(&b, STEP_AFFINITY, STEP_PARENT, "/process/execCPUAffinity/initial")->text =
			b.process->affinity_initial;
	clone_in(&b, request);
	attach(&b, request);
	plan_process_before(&b);
	if (request->pid_file)
		plan_add(&b, STEP_PID_FILE, STEP_PARENT, "")->text = request->pid_file;
	enter(&b);
	if (b.process->affinity_final && *b.process->affinity_final)
		plan_add(&b, STEP_AFFINITY, STEP_CHILD, "/process/execCPUAffinity/final")->text =
			b.process->affinity_final;
	plan_process_add(&b);
	return 0;
}

int plan_build_update(struct plan *plan, const struct host *host, const struct plan_update_request *request,
		      struct err *err)
{
	struct builder b = { .plan = plan,
			     .resources = request->resources,
			     .host = host,
			     .err = err,
			     .update = true,
			     .scope = request->systemd_scope,
			     .user_manager = request->systemd_user,
			     .cgroup_count = request->cgroup_count };

	*plan = (struct plan){ .arena = arena_new() };
	b.arena = plan->arena;
	b.cgroups = arena_array(b.arena, b.cgroup_count, sizeof(*b.cgroups));
	if (b.cgroup_count)
		memcpy(b.cgroups, request->cgroups, b.cgroup_count * sizeof(*b.cgroups));
	if (plan_cgroup_resources(&b))
		return -1;
	/* The kernel refuses what cannot be; systemd then writes its own form of it, so ours comes again. */
	if (b.scope && plan_systemd_update(&b))
		plan_cgroup_resources(&b);
	return plan_cgroup_devices(&b);
}
