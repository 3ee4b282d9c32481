/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/plan.h"
#include "plan/step.h"

const char *plan_step_name(const struct step *step)
{
	static const char *const names[STEP_KIND_COUNT] = {
#define STEP_NAME(constant, name, member) [STEP_##constant] = name,
		STEP_KINDS(STEP_NAME)
#undef STEP_NAME
	};

	return names[step->kind];
}
