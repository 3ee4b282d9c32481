/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/engine.h"
#include "run/hook.h"
#include "run/perform.h"
#include "spec/names.h"

/* What the state JSON says in each (runtime.md, "Lifecycle"). */
static const char *const statuses[SPEC_HOOK_COUNT] = {
	[SPEC_HOOK_PRESTART] = "creating",	   [SPEC_HOOK_CREATE_RUNTIME] = "creating",
	[SPEC_HOOK_CREATE_CONTAINER] = "creating", [SPEC_HOOK_START_CONTAINER] = "created",
	[SPEC_HOOK_POSTSTART] = "running",	   [SPEC_HOOK_POSTSTOP] = "stopped",
};

/*
 * The pid is the one that the hook's own namespace knows. A hook that belongs to
 * the container's files has the environment of its program, not the runtime's.
 */
int perform_hook(struct engine *engine, const struct step *step, struct err *err)
{
	static const char *const none[] = { NULL };
	const struct step_hook *hook = &step->hook;
	bool parent = engine->side == STEP_PARENT;
	auto_free char *state = hook_state_json(engine->state, engine->spec, statuses[hook->kind],
						parent ? engine->pid : getpid());
	struct hook_call call = { .hook = hook->hook,
				  .kind = spec_names_of(&spec_names_hook, hook->kind),
				  .index = hook->index,
				  .state = state,
				  .signals = parent ? engine->signals : NULL };

	if (hook->kind == SPEC_HOOK_START_CONTAINER)
		call.env = engine->spec->process.env.items ? engine->spec->process.env.items : none;
	return hook_run(&call, err);
}
