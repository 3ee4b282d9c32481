/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of a start, one call a line. runtime.md, "Lifecycle". */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "plan/network.h"

static int check(struct builder *b)
{
	const struct spec *spec = b->spec;

	if (!spec->root.given && !spec->own.layers.given)
		return plan_refuse(b, "/root",
				   "expected root.path: the directory that becomes the container's root");
	if (!spec->process.given && !b->request->detach_start)
		return plan_refuse(b, "/process", "expected a process to run");
	return plan_namespace_check(b) || plan_network_check(b) || plan_process_check(b) || plan_cgroup_place(b)
		       ? -1
		       : 0;
}

/* The runtime alone: what may fail fails here, while there is no process yet. */
static int before_clone(struct builder *b)
{
	plan_add(b, STEP_STATE_CREATE, STEP_PARENT, "");
	plan_namespace_open(b);
	if (plan_root_open(b) || plan_rdt_create(b) || plan_cgroup_create(b) || plan_mount_open(b))
		return -1;
	plan_device_open(b);
	plan_mount_idmap(b, false);
	plan_seccomp_compile(b);
	return 0;
}

/* The child waits; the runtime does to it what it cannot do itself. */
static int around_child(struct builder *b)
{
	if (plan_namespace_ids(b))
		return -1;
	plan_mount_idmap(b, true);
	if (plan_cgroup_create_late(b))
		return -1;
	plan_cgroup_attach(b);
	plan_rdt_attach(b);
	for (size_t i = 0; i < b->spec->linux_.net_device_count; i++) {
		const struct spec_net_device *device = &b->spec->linux_.net_devices[i];
		struct step *step = plan_add(b, STEP_NETDEV_MOVE, STEP_PARENT,
					     plan_text(b, "/linux/netDevices/%s", device->host_name));

		step->netdev = (struct step_netdev){ device->host_name, device->name };
	}
	plan_network_add(b);
	plan_process_before(b);
	return 0;
}

static int build_container(struct builder *b)
{
	plan_namespace_enter(b);
	plan_namespace_sysctl(b);
	if (plan_root_build(b))
		return -1;
	plan_hook_add(b, SPEC_HOOK_PRESTART, STEP_PARENT);
	plan_hook_add(b, SPEC_HOOK_CREATE_RUNTIME, STEP_PARENT);
	plan_hook_add(b, SPEC_HOOK_CREATE_CONTAINER, STEP_CHILD);
	plan_root_finish(b);
	return 0;
}

static void save(struct builder *b, const char *status)
{
	plan_add(b, STEP_STATE_SAVE, STEP_PARENT, "")->state.status = status;
}

static void pid_file(struct builder *b)
{
	if (b->request->pid_file)
		plan_add(b, STEP_PID_FILE, STEP_PARENT, "")->text = b->request->pid_file;
}

/*
 * Engines expect of create, not of start, to say that there is no such program. Not where a hook runs in between: it
 * may put the program there.
 */
static void find_program(struct builder *b)
{
	const struct spec_process *process = b->process;
	struct step *step;

	if (!process->given || b->spec->hooks[SPEC_HOOK_START_CONTAINER].count)
		return;
	step = plan_add(b, STEP_FIND_PROGRAM, STEP_CHILD, "/process/args");
	step->find = (struct step_find){ .cwd = process->cwd,
					 .args = process->args.items,
					 .env = plan_process_environment(b),
					 .denied_later = process->user.uid != 0 };
}

/* create: made, and waiting; whoever starts it finds this plan again, and enters it behind this point. */
static void stop_for_start(struct builder *b)
{
	find_program(b);
	save(b, "created");
	pid_file(b);
	plan_add(b, STEP_WAIT_START, STEP_CHILD, "");
}

static void finish(struct builder *b)
{
	plan_hook_add(b, SPEC_HOOK_START_CONTAINER, STEP_CHILD);
	plan_process_add(b);
	save(b, "running");
	if (!b->request->detach_start)
		pid_file(b);
	plan_hook_add(b, SPEC_HOOK_POSTSTART, STEP_PARENT);
}

void plan_list_cgroups(struct builder *b)
{
	struct plan *plan = b->plan;

	plan->cgroups = arena_array(b->arena, b->cgroup_count, sizeof(*plan->cgroups));
	for (size_t i = 0; i < b->cgroup_count; i++)
		plan->cgroups[plan->cgroup_count++] = &b->cgroups[i];
}

int plan_build(struct plan *plan, const struct spec *spec, const struct host *host,
	       const struct plan_request *request, struct err *err)
{
	struct builder b = plan_builder(plan, spec, host, request, err);

	if (check(&b) || before_clone(&b))
		return -1;
	plan_namespace_clone(&b);
	if (around_child(&b) || build_container(&b))
		return -1;
	if (request->detach_start)
		stop_for_start(&b);
	if (spec->process.given)
		finish(&b);
	plan_list_cgroups(&b);
	return 0;
}

void plan_free(struct plan *plan)
{
	arena_free(plan->arena);
	*plan = (struct plan){ 0 };
}
