/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.resources.cpu. v1: scheduler/sched-bwc.rst, cgroup-v1/cpusets.rst; v2: cgroup-v2.rst, "CPU",
 * "Cpuset". */
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "plan/convert.h"

#define DEFAULT_PERIOD 100000

static const char *number(struct builder *b, uint64_t value)
{
	return plan_text(b, "%llu", (unsigned long long)value);
}

static const char *signed_number(struct builder *b, int64_t value)
{
	return plan_text(b, "%lld", (long long)value);
}

/* A burst may not be above the quota at any time: where the old one is, it is lowered before the quota. */
static void set_burst(struct builder *b, const struct step *cgroup, const char *file, bool try_only)
{
	const struct spec_cpu *c = &b->resources->cpu;
	struct step *step;

	if (!c->burst.given || (try_only && !b->update))
		return;
	plan_cgroup_where(b, "cpu/burst");
	step = plan_cgroup_set(b, cgroup, file, number(b, c->burst.value));
	step->cgroup_set.optional = c->burst.value == 0;
	step->cgroup_set.try_only = try_only;
}

static bool has_number(const struct spec_u64 *value)
{
	return value->given && value->value;
}

static void set_v1_period(struct builder *b, const struct step *cgroup, bool try_only)
{
	plan_cgroup_where(b, "cpu/period");
	plan_cgroup_set(b, cgroup, "cpu.cfs_period_us", number(b, b->resources->cpu.period.value))
		->cgroup_set.try_only = try_only;
}

/* A group may not get more than the one above, at any time: either of the two may have to be the first. */
static void set_v1_bandwidth(struct builder *b, const struct step *cgroup)
{
	const struct spec_cpu *c = &b->resources->cpu;
	bool has_quota = c->quota.given && c->quota.value, again = b->update && has_quota;

	if (has_number(&c->period))
		set_v1_period(b, cgroup, again);
	if (has_quota) {
		plan_cgroup_where(b, "cpu/quota");
		plan_cgroup_set(b, cgroup, "cpu.cfs_quota_us",
				signed_number(b, c->quota.value < 0 ? -1 : c->quota.value));
	}
	if (has_number(&c->period) && again)
		set_v1_period(b, cgroup, false);
}

static void set_v1(struct builder *b, const struct step *cgroup)
{
	const struct spec_cpu *c = &b->resources->cpu;

	if (has_number(&c->shares)) {
		plan_cgroup_where(b, "cpu/shares");
		plan_cgroup_set(b, cgroup, "cpu.shares", number(b, c->shares.value));
	}
	set_burst(b, cgroup, "cpu.cfs_burst_us", true);
	set_v1_bandwidth(b, cgroup);
	set_burst(b, cgroup, "cpu.cfs_burst_us", false);
	if (has_number(&c->realtime_period)) {
		plan_cgroup_where(b, "cpu/realtimePeriod");
		plan_cgroup_set(b, cgroup, "cpu.rt_period_us", number(b, c->realtime_period.value));
	}
	/* None is what a new group has. */
	if (c->realtime_runtime.given && (c->realtime_runtime.value || b->update)) {
		plan_cgroup_where(b, "cpu/realtimeRuntime");
		plan_cgroup_set(b, cgroup, "cpu.rt_runtime_us", signed_number(b, c->realtime_runtime.value))
			->cgroup_set.optional = c->realtime_runtime.value == 0;
	}
}

static int set_v2(struct builder *b, const struct step *cgroup)
{
	const struct spec_cpu *c = &b->resources->cpu;

	if ((c->realtime_runtime.given && c->realtime_runtime.value) ||
	    (c->realtime_period.given && c->realtime_period.value))
		return plan_unsupported(b, plan_cgroup_where(b, "cpu/realtimeRuntime"),
					"cgroup v2 has no real-time bandwidth");
	if (has_number(&c->shares)) {
		plan_cgroup_where(b, "cpu/shares");
		plan_cgroup_set(b, cgroup, "cpu.weight", number(b, plan_cpu_weight(c->shares.value)));
	}
	set_burst(b, cgroup, "cpu.max.burst", true);
	if ((c->quota.given && c->quota.value) || has_number(&c->period)) {
		uint64_t period = has_number(&c->period) ? c->period.value : DEFAULT_PERIOD;
		bool limited = c->quota.given && c->quota.value > 0;

		plan_cgroup_where(b, c->quota.given ? "cpu/quota" : "cpu/period");
		plan_cgroup_set(b, cgroup, "cpu.max",
				plan_text(b, "%s %llu", limited ? signed_number(b, c->quota.value) : "max",
					  (unsigned long long)period));
	}
	set_burst(b, cgroup, "cpu.max.burst", false);
	return 0;
}

static void set_idle(struct builder *b, const struct step *cgroup)
{
	const struct spec_i64 *idle = &b->resources->cpu.idle;

	plan_cgroup_where(b, "cpu/idle");
	plan_cgroup_set(b, cgroup, "cpu.idle", signed_number(b, idle->value))->cgroup_set.optional =
		idle->value == 0;
}

int plan_cgroup_cpu(struct builder *b)
{
	const struct spec_cpu *c = &b->resources->cpu;
	const struct step *cgroup;

	if (!c->shares.given && !c->quota.given && !c->period.given && !c->burst.given && !c->idle.given &&
	    !c->realtime_runtime.given && !c->realtime_period.given)
		return 0;
	if (c->burst.given && c->quota.given && c->quota.value > 0 &&
	    (uint64_t)c->quota.value < c->burst.value)
		return plan_refuse(b, plan_cgroup_where(b, "cpu/burst"),
				   "expected at most cpu.quota (%lld), found %llu", (long long)c->quota.value,
				   (unsigned long long)c->burst.value);
	if (plan_cgroup_need(b, "cpu", plan_cgroup_where(b, "cpu"), &cgroup))
		return -1;
	/* An idle group takes no weight. */
	if (c->idle.given && !c->idle.value)
		set_idle(b, cgroup);
	if (cgroup->cgroup.v2 ? set_v2(b, cgroup) : (set_v1(b, cgroup), 0))
		return -1;
	if (c->idle.given && c->idle.value)
		set_idle(b, cgroup);
	return 0;
}

int plan_cgroup_cpuset(struct builder *b)
{
	const struct spec_cpu *c = &b->resources->cpu;
	const struct step *cgroup;

	if (!c->cpus && !c->mems)
		return 0;
	if (plan_cgroup_need(b, "cpuset", plan_cgroup_where(b, c->cpus ? "cpu/cpus" : "cpu/mems"), &cgroup))
		return -1;
	if (c->cpus && *c->cpus) {
		plan_cgroup_where(b, "cpu/cpus");
		plan_cgroup_set(b, cgroup, "cpuset.cpus", c->cpus);
	}
	if (c->mems && *c->mems) {
		plan_cgroup_where(b, "cpu/mems");
		plan_cgroup_set(b, cgroup, "cpuset.mems", c->mems);
	}
	return 0;
}
