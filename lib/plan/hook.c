/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static const char *const names[SPEC_HOOK_COUNT] = {
	[SPEC_HOOK_PRESTART] = "prestart",
	[SPEC_HOOK_CREATE_RUNTIME] = "createRuntime",
	[SPEC_HOOK_CREATE_CONTAINER] = "createContainer",
	[SPEC_HOOK_START_CONTAINER] = "startContainer",
	[SPEC_HOOK_POSTSTART] = "poststart",
	[SPEC_HOOK_POSTSTOP] = "poststop",
};

void plan_hook_add(struct builder *b, int kind, int side)
{
	const struct spec_hooks *hooks = &b->spec->hooks[kind];

	for (size_t i = 0; i < hooks->count; i++) {
		struct step *step =
			plan_add(b, STEP_HOOK, side, plan_text(b, "/hooks/%s/%zu", names[kind], i));

		step->hook.kind = (enum spec_hook_kind)kind;
		step->hook.index = i;
		step->hook.hook = &hooks->items[i];
	}
}
