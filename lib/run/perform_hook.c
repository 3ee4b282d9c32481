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

/* The pid is the one that the hook's own namespace knows. */
int perform_hook(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_hook *hook = &step->hook;
	pid_t pid = engine->side == STEP_PARENT ? engine->pid : getpid();
	auto_free char *state = hook_state_json(engine->state, engine->spec, statuses[hook->kind], pid);

	return hook_run(hook->hook, spec_names_of(&spec_names_hook, hook->kind), hook->index, state, err);
}
