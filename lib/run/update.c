/* SPDX-License-Identifier: GPL-2.0-or-later */
/* update: new limits for a running container; one that fails takes back those before it. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/rdt.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/begin.h"
#include "run/container.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/run.h"
#include "run/update.h"
#include "run/values.h"
#include "spec/types.h"
#include "state/state.h"

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

/* Zeros stand for "as it is" in the JSON that engines send, as runc documents it; a limit of 0 would kill. */
static void drop_zeros(struct spec_resources *resources)
{
	struct spec_memory *memory = &resources->memory;
	struct spec_i64 *const limits[] = { &memory->limit,      &memory->reservation,
					    &memory->swap,       &memory->kernel,
					    &memory->kernel_tcp, &resources->cpu.realtime_runtime };
	struct spec_u64 *period = &resources->cpu.realtime_period;

	period->given = period->given && period->value != 0;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		limits[i]->given = limits[i]->given && limits[i]->value != 0;
}

/* v2 has quota and period in one file: the one that was not given stays as it is. */
static void complete_cpu(const struct kern_cgroup *group, struct spec_cpu *cpu)
{
	bool has_quota = cpu->quota.given && cpu->quota.value,
	     has_period = cpu->period.given && cpu->period.value;
	struct err absent = { 0 };
	unsigned long long quota, period;
	char text[64];

	if (has_quota == has_period || kern_cgroup_read(group, "cpu.max", text, sizeof(text), &absent) < 0)
		return;
	if (has_quota && sscanf(text, "%*s %llu", &period) == 1)
		cpu->period = (struct spec_u64){ true, period };
	else if (has_period)
		cpu->quota =
			(struct spec_i64){ true, sscanf(text, "%llu", &quota) == 1 ? (int64_t)quota : -1 };
}

/* The spec's swap counts memory too, v2's does not: the limit of now tells the difference. */
static void complete_memory(const struct kern_cgroup *group, struct spec_memory *memory)
{
	struct err absent = { 0 };
	uint64_t limit;

	if (!memory->swap.given || memory->swap.value < 0 || memory->limit.given ||
	    kern_cgroup_read_number(group, "memory.max", &limit, &absent) || limit == KERN_CGROUP_NO_LIMIT)
		return;
	memory->limit = (struct spec_i64){ true, (int64_t)limit };
}

static void complete(const struct state *state, struct spec_resources *resources)
{
	drop_zeros(resources);
	for (size_t i = 0; i < state->cgroup_count; i++) {
		struct kern_cgroup group = { 0 };
		struct err gone = { 0 };

		if (!state->cgroups[i].v2 ||
		    kern_cgroup_open(&group, state->cgroups[i].mountpoint, state->cgroups[i].path, &gone))
			continue;
		complete_cpu(&group, &resources->cpu);
		complete_memory(&group, &resources->memory);
		kern_cgroup_close(&group);
	}
}

/* The resctrl group that create made; one that the spec named belongs to others too. */
static int update_rdt(const struct state *state, const struct run_update_request *request, struct err *err)
{
	struct kern_rdt_schemata schemata = { .l3_cache = request->l3_cache_schema,
					      .memory_bandwidth = request->memory_bandwidth_schema };
	auto_close int root = -1, group = -1;

	if (!schemata.l3_cache && !schemata.memory_bandwidth)
		return 0;
	if (!state->rdt_root || !state->rdt_group) {
		err_set(err, ERR_UNSUPPORTED, "update", "the container has no resctrl group of its own");
		err_object(err, "%s", state->id);
		return err_hint(err, "it gets one by linux.intelRdt without closID in its spec");
	}
	root = kern_rdt_open(state->rdt_root, err);
	group = root < 0 ? -1 : kern_rdt_group(root, state->rdt_group, true, NULL, err);
	return group < 0 ? -1 : kern_rdt_write(root, group, &schemata, err);
}

/* The planner finds no controller where there is no group: that is not the host's fault. */
static int no_cgroup(const struct state *state, struct err *err)
{
	*err = (struct err){ 0 };
	err_set(err, ERR_UNSUPPORTED, "update", "the container has no cgroup to limit it by");
	return err_object(err, "%s", state->id);
}

static int apply(struct begin *begin, const struct run_context *context, const struct container *container,
		 const struct run_update_request *request, struct err *err)
{
	const struct state *state = container->state;
	struct spec_resources resources =
		request->resources ? *request->resources : (struct spec_resources){ 0 };
	struct plan_update_request update = { .resources = &resources,
					      .cgroups = container_cgroup_steps(container),
					      .cgroup_count = state->cgroup_count,
					      .systemd_scope = state->systemd_scope,
					      .systemd_user = state->systemd_user };
	struct value *values;

	complete(state, &resources);
	if (begin_init(begin, context, NULL, err))
		return -1;
	if (plan_build_update(&begin->plan, &begin->host, &update, err))
		return state->cgroup_count ? -1 : no_cgroup(state, err);
	if (begin_allocate(begin, err))
		return -1;
	values = values_remember(&begin->engine);
	if (engine_walk(&begin->engine, err) == 0 && update_rdt(state, request, err) == 0)
		return 0;
	values_take_back(&begin->engine, values);
	return -1;
}

int run_update(const struct run_context *context, const char *id, const struct run_update_request *request,
	       struct err *err)
{
	static const char *const alive[] = { "created", "running", "paused", NULL };
	struct begin begin = { 0 };
	struct container container;
	int ret = container_open(&container, context, id, CONTAINER_LOCKED, err);

	if (!ret)
		ret = container_require(&container, "update", alive, err);
	if (!ret) {
		ret = apply(&begin, context, &container, request, err);
		begin_end(&begin);
	}
	container_close(&container);
	return ret;
}
