/* SPDX-License-Identifier: GPL-2.0-or-later */
/* delete: what create made goes, and nothing else; also of containers whose making was cut short. */
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/kill.h"
#include "kern/cgroup/systemd.h"
#include "kern/pidfd.h"
#include "kern/rdt.h"
#include "run/begin.h"
#include "run/container.h"
#include "run/hook.h"
#include "run/net.h"
#include "run/processes.h"
#include "run/run.h"
#include "spec/names.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/net.h"
#include "state/state.h"

#define TIMEOUT_MSEC 10000

void container_poststop(const struct spec *spec, const struct container *container)
{
	const struct spec_hooks *hooks = &spec->hooks[SPEC_HOOK_POSTSTOP];
	struct hook_call call = { .kind = spec_names_of(&spec_names_hook, SPEC_HOOK_POSTSTOP),
				  .signals = container->signals };
	auto_free char *state = NULL;

	if (hooks->count == 0)
		return;
	call.state = state = hook_state_json(container->state, spec, "stopped", 0);
	for (; call.index < hooks->count; call.index++) {
		struct err failure = { 0 };
		char text[2560];

		call.hook = &hooks->items[call.index];
		if (hook_run(&call, &failure) == 0)
			continue;
		log_warning("%s%s%s", err_text(&failure, text, sizeof(text)), failure.hint[0] ? "; " : "",
			    failure.hint);
	}
}

static int remove_cgroups(const struct state *state, struct err *err)
{
	for (size_t i = 0; i < state->cgroup_count; i++) {
		const struct state_cgroup *cgroup = &state->cgroups[i];

		/* One that was there before create stays. */
		if (cgroup->created && kern_cgroup_delete(cgroup->mountpoint, cgroup->path,
							  cgroup->created - 1, TIMEOUT_MSEC, err))
			return -1;
	}
	return 0;
}

/*
 * A container that has ended by itself leaves empty groups: they go by one
 * call each, and whether something is left to be killed need not be looked
 * for. One that does not go, the first where something runs, is for the long way.
 */
static bool remove_empty_cgroups(const struct state *state)
{
	for (size_t i = 0; i < state->cgroup_count; i++)
		if (state->systemd_scope || state->cgroups[i].created != 1 ||
		    !kern_cgroup_delete_empty(state->cgroups[i].mountpoint, state->cgroups[i].path))
			return false;
	return state->cgroup_count > 0;
}

static int remove_rdt(const struct state *state, struct err *err)
{
	auto_close int root = -1;

	if (!state->rdt_root || (!state->rdt_group && !state->rdt_monitor))
		return 0;
	root = kern_rdt_open(state->rdt_root, err);
	return root < 0 ? -1
			: kern_rdt_remove(root, state->rdt_group ? state->rdt_group : "", state->rdt_monitor,
					  state->rdt_group != NULL, err);
}

/* What was made for it at its start, and by nsnet later. Its namespace has gone, or goes, with its processes. */
static int remove_network(const struct container *container, struct err *err)
{
	struct run_net_target target = { .netns = -1, .container = true };
	char owner[STATE_OWNER_MAX];

	if (!state_net_is_used())
		return 0;
	target.owner = state_owner(container->root, container->state->id, owner);
	return run_net_take_away(&target, err);
}

int container_destroy(const struct container *container, struct err *err)
{
	const struct state *state = container->state;
	bool empty = remove_empty_cgroups(state);

	if (empty ? processes_kill_first(container, err) : processes_kill(container, err))
		return -1;
	if (state->systemd_scope && kern_systemd_scope_stop(state->systemd_scope, state->systemd_user, err))
		return -1;
	if ((!empty && remove_cgroups(state, err)) || remove_rdt(state, err) || remove_network(container, err))
		return -1;
	if (container->spec)
		container_poststop(container->spec, container);
	return state_remove(container->root, state->id, container->dir, err);
}

/* A config.json that was never written, or is damaged, must not keep a container for ever. */
static void read_spec_if_any(struct container *container)
{
	struct err failure = { 0 };
	char text[2560];

	if (container_read_spec(container, &failure))
		log_debug("%s", err_text(&failure, text, sizeof(text)));
}

/* Who creates a container has it locked: one that is being created and is not locked never will be. */
static bool may_delete(const struct container *container, const char *status)
{
	return !strcmp(status, "stopped") || (!strcmp(status, "creating") && container->locked);
}

/* What it named, a process and cgroups, is not found any more; but the id must not be taken for ever. */
static int forget_damaged(struct container *container, const char *id, struct err *err)
{
	char text[2560];

	if (container->dir < 0 || err->kind != ERR_SPEC)
		return -1;
	log_warning("%s", err_text(err, text, sizeof(text)));
	*err = (struct err){ 0 };
	*container->state = (struct state){ .id = id, .phase = "creating" };
	return 0;
}

int run_delete(const struct run_context *context, const char *id, bool force, struct err *err)
{
	struct container container;
	const char *status;
	int ret = container_open(&container, context, id, force ? CONTAINER_AWAITED : CONTAINER_LOCKED, err);

	if (ret && force)
		ret = forget_damaged(&container, id, err);
	if (!ret) {
		status = run_status(container.state);
		if (!force && !may_delete(&container, status)) {
			ret = err_set(err, ERR_STATE, "delete", "cannot delete a container that is %s",
				      status);
			err_object(err, "%s", id);
			err_hint(err, "stop it first (nsinit stop), or use --force");
		} else {
			read_spec_if_any(&container);
			ret = container_destroy(&container, err);
		}
	}
	container_close(&container);
	return ret;
}
