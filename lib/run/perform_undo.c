/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking back what outlives the child. The first failure was reported; here all that can be done is done. */
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_set.h"
#include "kern/cgroup/kill.h"
#include "kern/cgroup/systemd.h"
#include "kern/link.h"
#include "kern/rdt.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/engine.h"
#include "run/perform.h"
#include "state/state.h"

#define CGROUP_TIMEOUT_MSEC 10000

/* What cannot be killed matters only where the group then stays. */
static void undo_cgroup(struct engine *engine, const struct step_cgroup *cgroup, struct err *err)
{
	struct kern_cgroup group;

	/* There may be few descriptors left, if they are not what failed. */
	kern_cgroup_set_close(engine->cgroups);
	for (size_t i = 0; i < engine->state->cgroup_count; i++) {
		const struct state_cgroup *saved = &engine->state->cgroups[i];
		struct err killed = { 0 };

		if (strcmp(saved->mountpoint, cgroup->mountpoint) != 0 || !saved->created)
			continue;
		if (kern_cgroup_open(&group, cgroup->mountpoint, cgroup->path, &killed) == 0) {
			kern_cgroup_kill(&group, CGROUP_TIMEOUT_MSEC, &killed);
			kern_cgroup_close(&group);
		}
		if (kern_cgroup_delete(cgroup->mountpoint, cgroup->path, saved->created - 1, CGROUP_TIMEOUT_MSEC,
				       err) &&
		    err_is_set(&killed))
			*err = killed;
	}
}

static void undo_rdt(const struct engine *engine, struct err *err)
{
	const struct state *state = engine->state;
	auto_close int root = kern_rdt_open(state->rdt_root, err);

	if (root >= 0 && (state->rdt_group || state->rdt_monitor))
		kern_rdt_remove(root, state->rdt_group ? state->rdt_group : "", state->rdt_monitor,
				state->rdt_group != NULL, err);
}

void perform_undo(struct engine *engine, const struct step *step)
{
	size_t index = (size_t)(step - engine->plan->steps);
	struct err err = { 0 };

	switch (step->kind) {
	case STEP_STATE_CREATE:
		state_remove(engine->state_root, engine->request->id, engine->state_dir, &err);
		break;
	case STEP_CGROUP_CREATE:
		undo_cgroup(engine, &step->cgroup, &err);
		break;
	case STEP_CGROUP_SYSTEMD:
		kern_systemd_scope_stop(step->systemd.scope, step->systemd.user, &err);
		break;
	case STEP_RDT_CREATE:
		undo_rdt(engine, &err);
		break;
	case STEP_NETDEV_MOVE:
		if (engine->moved && engine->moved[index])
			kern_link_move_back(engine->moved[index], &err);
		break;
	case STEP_NET_INTERFACE:
	case STEP_NET_ROUTE:
	case STEP_NET_RULES:
		perform_net_undo(engine);
		break;
	case STEP_PID_FILE:
		unlink(step->text);
		break;
	default:
		break;
	}
	if (err_is_set(&err))
		log_error(&err);
}
