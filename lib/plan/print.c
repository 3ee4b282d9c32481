/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as text and as JSON. What each step says of itself: print_*.c. */
#include "base/json.h"
#include "base/strbuf.h"
#include "plan/plan.h"
#include "plan/show.h"
#include "plan/step.h"

static show_function *const functions[STEP_KIND_COUNT] = {
#define STEP_SHOW(constant, name, member) [STEP_##constant] = show_step_##member,
	STEP_KINDS(STEP_SHOW)
#undef STEP_SHOW
};

static const char *side(const struct step *step)
{
	return step->side == STEP_CHILD ? "child" : "parent";
}

void plan_print_step(const struct step *step, struct strbuf *out)
{
	struct show show = { .line = out };

	functions[step->kind](&show, step);
}

void plan_print(const struct plan *plan, struct strbuf *out)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];
		auto_strbuf struct strbuf more = { 0 };
		auto_strbuf struct strbuf line = { 0 };
		struct show show = { .line = &line, .more = &more };

		functions[step->kind](&show, step);
		if (*step->where)
			strbuf_printf(&line, "%s(%s)", line.len ? "  " : "", step->where);
		if (line.len)
			strbuf_printf(out, "%3zu %-6s %-16s %s\n", i + 1, side(step), plan_step_name(step),
				      line.text);
		else
			strbuf_printf(out, "%3zu %-6s %s\n", i + 1, side(step), plan_step_name(step));
		if (more.len)
			strbuf_add(out, more.text, more.len);
	}
}

struct json *plan_json(const struct plan *plan)
{
	struct json *array = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];
		struct show show = { .object = json_add_object(array) };

		json_set_string(show.object, "step", plan_step_name(step));
		json_set_string(show.object, "side", side(step));
		if (*step->where)
			json_set_string(show.object, "where", step->where);
		functions[step->kind](&show, step);
	}
	return array;
}
