/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.resources.memory. v1: cgroup-v1/memory.rst; v2: cgroup-v2.rst, "Memory". */
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static const char *bytes(struct builder *b, int64_t value, const char *unlimited)
{
	return value < 0 ? unlimited : plan_text(b, "%lld", (long long)value);
}

/* Together they are not less than memory alone. A running group's limit of now may do on v1, whose file has
 * the sum. */
static int check_swap(struct builder *b, bool v2)
{
	const struct spec_memory *m = &b->resources->memory;

	if (!m->swap.given || m->swap.value < 0 || (m->limit.given && m->limit.value >= 0) ||
	    (!v2 && b->update && !m->limit.given))
		return 0;
	return plan_refuse(b, plan_cgroup_where(b, "memory/swap"),
			   "a limit of memory and swap together needs memory.limit too");
}

/* memory.memsw counts memory and swap together, as the spec does. It must not fall below the limit at any
 * time. */
static void set_v1_limits(struct builder *b, const struct step *cgroup)
{
	const struct spec_memory *m = &b->resources->memory;
	bool has_swap = m->swap.given || (m->limit.given && m->limit.value < 0);
	const char *swap = bytes(b, m->swap.given ? m->swap.value : -1, "-1");
	struct step *step;

	/* Growing needs the sum first, shrinking the limit first: so the sum is tried, then both are written.
	 */
	if (has_swap && (b->update || (m->limit.given && m->limit.value < 0))) {
		plan_cgroup_where(b, m->swap.given ? "memory/swap" : "memory/limit");
		step = plan_cgroup_set(b, cgroup, "memory.memsw.limit_in_bytes", swap);
		step->cgroup_set.try_only = true;
	}
	if (m->limit.given) {
		plan_cgroup_where(b, "memory/limit");
		step = plan_cgroup_set(b, cgroup, "memory.limit_in_bytes", bytes(b, m->limit.value, "-1"));
		step->cgroup_set.check_usage = m->check_before_update && m->limit.value >= 0;
	}
	if (has_swap) {
		plan_cgroup_where(b, m->swap.given ? "memory/swap" : "memory/limit");
		step = plan_cgroup_set(b, cgroup, "memory.memsw.limit_in_bytes", swap);
		/* A kernel without swap accounting cannot limit what it does not count. */
		step->cgroup_set.optional = !m->swap.given || m->swap.value < 0;
	}
}

static bool is_later(const struct host *host, unsigned major, unsigned minor)
{
	return host->kernel_major > major || (host->kernel_major == major && host->kernel_minor >= minor);
}

static int set_v1(struct builder *b, const struct step *cgroup)
{
	const struct spec_memory *m = &b->resources->memory;

	if (m->has_use_hierarchy) {
		plan_cgroup_where(b, "memory/useHierarchy");
		plan_cgroup_set(b, cgroup, "memory.use_hierarchy", m->use_hierarchy ? "1" : "0");
	}
	set_v1_limits(b, cgroup);
	if (m->reservation.given) {
		plan_cgroup_where(b, "memory/reservation");
		plan_cgroup_set(b, cgroup, "memory.soft_limit_in_bytes",
				bytes(b, m->reservation.value, "-1"));
	}
	/* What is written later kernels take, log, and forget (cgroup-v1/memory.rst). */
	if (m->kernel.given && m->kernel.value >= 0 && is_later(b->host, 5, 16))
		return plan_unsupported(b, plan_cgroup_where(b, "memory/kernel"),
					"this kernel (5.16 and later) has no limit for kernel memory alone");
	if (m->kernel.given) {
		plan_cgroup_where(b, "memory/kernel");
		plan_cgroup_set(b, cgroup, "memory.kmem.limit_in_bytes", bytes(b, m->kernel.value, "-1"))
			->cgroup_set.optional = m->kernel.value < 0;
	}
	if (m->kernel_tcp.given) {
		plan_cgroup_where(b, "memory/kernelTCP");
		plan_cgroup_set(b, cgroup, "memory.kmem.tcp.limit_in_bytes",
				bytes(b, m->kernel_tcp.value, "-1"))
			->cgroup_set.optional = m->kernel_tcp.value < 0;
	}
	if (m->swappiness.given) {
		plan_cgroup_where(b, "memory/swappiness");
		plan_cgroup_set(b, cgroup, "memory.swappiness",
				plan_text(b, "%llu", (unsigned long long)m->swappiness.value));
	}
	if (m->has_disable_oom_killer) {
		plan_cgroup_where(b, "memory/disableOOMKiller");
		plan_cgroup_set(b, cgroup, "memory.oom_control", m->disable_oom_killer ? "1" : "0");
	}
	return 0;
}

/* What v2 has no file for, and what would then silently not hold. */
static int refuse_v2(struct builder *b)
{
	const struct spec_memory *m = &b->resources->memory;

	if (m->kernel.given && m->kernel.value >= 0)
		return plan_unsupported(b, plan_cgroup_where(b, "memory/kernel"),
					"cgroup v2 has no limit for kernel memory alone");
	if (m->kernel_tcp.given && m->kernel_tcp.value >= 0)
		return plan_unsupported(b, plan_cgroup_where(b, "memory/kernelTCP"),
					"cgroup v2 has no limit for TCP buffers alone");
	if (m->swappiness.given)
		return plan_unsupported(b, plan_cgroup_where(b, "memory/swappiness"),
					"cgroup v2 has no swappiness; memory.swap.max limits swap");
	if (m->disable_oom_killer)
		return plan_unsupported(b, plan_cgroup_where(b, "memory/disableOOMKiller"),
					"cgroup v2 cannot disable the OOM killer");
	if (m->has_use_hierarchy && !m->use_hierarchy)
		return plan_unsupported(b, plan_cgroup_where(b, "memory/useHierarchy"),
					"cgroup v2 is always hierarchical");
	return 0;
}

static int set_v2_swap(struct builder *b, const struct step *cgroup)
{
	const struct spec_memory *m = &b->resources->memory;
	const char *value = "max";

	if (!m->swap.given && !(m->limit.given && m->limit.value < 0))
		return 0;
	plan_cgroup_where(b, m->swap.given ? "memory/swap" : "memory/limit");
	if (m->swap.given && m->swap.value >= 0) {
		/* The spec's is the sum; memory.swap.max is swap alone. */
		if (m->swap.value < m->limit.value)
			return plan_refuse(b, b->where, "expected at least memory.limit (%lld), found %lld",
					   (long long)m->limit.value, (long long)m->swap.value);
		value = plan_text(b, "%lld", (long long)(m->swap.value - m->limit.value));
	}
	plan_cgroup_set(b, cgroup, "memory.swap.max", value)->cgroup_set.optional =
		!m->swap.given || m->swap.value < 0;
	return 0;
}

static int set_v2(struct builder *b, const struct step *cgroup)
{
	const struct spec_memory *m = &b->resources->memory;
	struct step *step;

	if (refuse_v2(b) || set_v2_swap(b, cgroup))
		return -1;
	if (m->limit.given) {
		plan_cgroup_where(b, "memory/limit");
		step = plan_cgroup_set(b, cgroup, "memory.max", bytes(b, m->limit.value, "max"));
		step->cgroup_set.check_usage = m->check_before_update && m->limit.value >= 0;
	}
	if (m->reservation.given) {
		plan_cgroup_where(b, "memory/reservation");
		/* No soft limit is no protection; memory.low's "max" would be all there is. */
		plan_cgroup_set(b, cgroup, "memory.low", bytes(b, m->reservation.value, "0"));
	}
	return 0;
}

int plan_cgroup_memory(struct builder *b)
{
	const struct spec_memory *m = &b->resources->memory;
	const struct step *cgroup;

	if (!m->limit.given && !m->reservation.given && !m->swap.given && !m->kernel.given &&
	    !m->kernel_tcp.given && !m->swappiness.given && !m->disable_oom_killer && !m->has_use_hierarchy)
		return 0;
	if (plan_cgroup_need(b, "memory", plan_cgroup_where(b, "memory"), &cgroup))
		return -1;
	if (check_swap(b, cgroup->cgroup.v2))
		return -1;
	return cgroup->cgroup.v2 ? set_v2(b, cgroup) : set_v1(b, cgroup);
}
