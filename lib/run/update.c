/* SPDX-License-Identifier: GPL-2.0-or-later */
/* update: new limits for a running container; one that fails takes back those before it. */
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "run/begin.h"
#include "run/container.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/run.h"
#include "spec/types.h"
#include "state/state.h"

#define VALUE_MAX 4096

/* The container's cgroups as the planner takes them. */
struct step *container_cgroup_steps(const struct container *container)
{
	const struct state *state = container->state;
	struct step *steps = arena_array(container->arena, state->cgroup_count, sizeof(*steps));

	for (size_t i = 0; i < state->cgroup_count; i++) {
		steps[i].kind = STEP_CGROUP_ATTACH;
		steps[i].where = "";
		steps[i].cgroup = (struct step_cgroup){ .mountpoint = state->cgroups[i].mountpoint,
							.path = state->cgroups[i].path,
							.v2 = state->cgroups[i].v2 };
	}
	return steps;
}

static struct kern_cgroup *group_of(struct begin *begin, const struct step *step, struct err *err)
{
	return kern_cgroup_set_get(begin->engine.cgroups, step->cgroup_set.mountpoint, step->cgroup_set.path, err);
}

/* What each file says now. Files that cannot be read or hold a table are not taken back. */
static char **remember(struct begin *begin)
{
	char **values = arena_array(begin->arena, begin->plan.count, sizeof(*values));
	char buf[VALUE_MAX];

	for (size_t i = 0; i < begin->plan.count; i++) {
		const struct step *step = &begin->plan.steps[i];
		struct err unreadable = { 0 };
		struct kern_cgroup *group;

		if (step->kind != STEP_CGROUP_SET)
			continue;
		group = group_of(begin, step, &unreadable);
		if (group && kern_cgroup_read(group, step->cgroup_set.file, buf, sizeof(buf), &unreadable) > 0 &&
		    !strchr(buf, '\n'))
			values[i] = arena_strdup(begin->arena, buf);
	}
	return values;
}

static void take_back(struct begin *begin, char **values)
{
	for (size_t i = begin->plan.count; i-- > 0;) {
		const struct step *step = &begin->plan.steps[i];
		struct err failure = { 0 };
		struct kern_cgroup *group;

		if (!begin->engine.done[i] || !values[i])
			continue;
		group = group_of(begin, step, &failure);
		if (group && kern_cgroup_write(group, step->cgroup_set.file, values[i], true, &failure))
			log_error(&failure);
	}
}

static int apply(struct begin *begin, const struct run_context *context, const struct container *container,
		 const struct spec_resources *resources, struct err *err)
{
	struct step *cgroups = container_cgroup_steps(container);
	char **values;

	if (begin_init(begin, context, NULL, err) ||
	    plan_build_update(&begin->plan, resources, &begin->host, cgroups, container->state->cgroup_count, err) ||
	    begin_allocate(begin, err))
		return -1;
	values = remember(begin);
	if (engine_walk(&begin->engine, err) == 0)
		return 0;
	take_back(begin, values);
	return -1;
}

int run_update(const struct run_context *context, const char *id, const struct spec_resources *resources,
	       struct err *err)
{
	static const char *const alive[] = { "created", "running", "paused", NULL };
	struct begin begin = { 0 };
	struct container container;
	int ret = container_open(&container, context, id, true, err);

	if (!ret)
		ret = container_require(&container, "update", alive, err);
	if (!ret) {
		ret = apply(&begin, context, &container, resources, err);
		begin_end(&begin);
	}
	container_close(&container);
	return ret;
}
