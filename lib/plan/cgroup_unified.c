/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux.resources.unified: cgroup v2 files by name. Where the controller is on
 * a v1 hierarchy the values that mean the same there are converted, others refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "plan/key.h"
#include "plan/key_v1.h"

static const struct step *v2_cgroup(const struct builder *b)
{
	for (size_t i = 0; i < b->cgroup_count; i++)
		if (b->cgroups[i].cgroup.v2)
			return &b->cgroups[i];
	return NULL;
}

/* What is decided already: a limit of swap on v1 takes that of memory in. */
struct planned {
	const struct builder *b;
	const char *mountpoint;
};

static const char *read_planned(void *data, const char *file)
{
	const struct planned *planned = data;
	const struct plan *plan = planned->b->plan;

	for (size_t i = plan->count; i-- > 0;) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_CGROUP_SET && !strcmp(step->cgroup_set.file, file) &&
		    !strcmp(step->cgroup_set.mountpoint, planned->mountpoint))
			return step->cgroup_set.value;
	}
	return NULL;
}

static int convert(struct builder *b, const struct spec_pair *pair, const char *controller)
{
	struct plan_key_use use = plan_key_find(b->arena, pair->key);
	struct planned planned = { .b = b };
	struct plan_key_context context = { .arena = b->arena, .read = read_planned, .data = &planned };
	struct plan_key_writes writes;
	struct err wrong = { 0 };
	const struct step *cgroup;
	const char *value;

	if (!strcmp(controller, "cgroup"))
		return plan_unsupported(
			b, b->where, "this host has no cgroup v2 hierarchy, where %s is a file", pair->key);
	if (plan_cgroup_need(b, !strcmp(controller, "io") ? "blkio" : controller, b->where, &cgroup))
		return -1;
	/* A spec is not to be taken as meaning something near to what it says. */
	if (!use.key || use.is_v1 || use.form != PLAN_FORM_V2 || use.key->approximate || !use.key->v1)
		return plan_unsupported(
			b, b->where,
			"the %s controller is on a cgroup v1 hierarchy here, where %s has no equal",
			controller, pair->key);
	planned.mountpoint = cgroup->cgroup.mountpoint;
	if (plan_key_parse(&context, &use, pair->value, &value, &wrong) ||
	    plan_key_to_v1(&context, &use, value, &writes, &wrong))
		return plan_refuse(b, b->where, "%s", wrong.message);
	for (size_t i = 0; i < writes.count; i++)
		plan_cgroup_set(b, cgroup, writes.items[i].file, writes.items[i].value);
	return 0;
}

int plan_cgroup_unified(struct builder *b)
{
	const struct step *v2 = v2_cgroup(b);

	for (size_t i = 0; i < b->resources->unified.count; i++) {
		const struct spec_pair *pair = &b->resources->unified.items[i];
		const char *dot = strchr(pair->key, '.');
		const char *controller = plan_text(
			b, "%.*s", dot ? (int)(dot - pair->key) : (int)strlen(pair->key), pair->key);
		const struct step *with_it = plan_cgroup_find(b, controller);

		plan_cgroup_where(b, plan_text(b, "unified/%s", pair->key));
		if (v2 && (with_it == v2 || !strcmp(controller, "cgroup")))
			plan_cgroup_set(b, v2, pair->key, pair->value);
		else if (convert(b, pair, controller))
			return -1;
	}
	return 0;
}
