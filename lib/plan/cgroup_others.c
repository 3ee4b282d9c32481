/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.resources: pids, hugepageLimits, network, rdma. */
#include <string.h>

#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static int add_pids(struct builder *b)
{
	const struct spec_i64 *limit = &b->resources->pids_limit;
	const struct step *cgroup;

	if (!limit->given)
		return 0;
	if (plan_cgroup_need(b, "pids", plan_cgroup_where(b, "pids/limit"), &cgroup))
		return -1;
	plan_cgroup_set(b, cgroup, "pids.max",
			limit->value < 0 ? "max" : plan_text(b, "%lld", (long long)limit->value));
	return 0;
}

/* Reservations are limited where the kernel can (5.7), so that a program learns at mmap and not by SIGBUS. */
static int add_hugepages(struct builder *b)
{
	for (size_t i = 0; i < b->resources->hugepage_count; i++) {
		const struct spec_hugepage_limit *limit = &b->resources->hugepages[i];
		const struct step *cgroup;
		const char *verb;
		struct step *step;

		plan_cgroup_where(b, plan_text(b, "hugepageLimits/%zu", i));
		if (plan_cgroup_need(b, "hugetlb", b->where, &cgroup))
			return -1;
		verb = cgroup->cgroup.v2 ? "max" : "limit_in_bytes";
		step = plan_cgroup_set(b, cgroup, plan_text(b, "hugetlb.%s.rsvd.%s", limit->page_size, verb),
				       plan_text(b, "%llu", (unsigned long long)limit->limit));
		step->cgroup_set.other_file = plan_text(b, "hugetlb.%s.%s", limit->page_size, verb);
		step->cgroup_set.other_value = step->cgroup_set.value;
	}
	return 0;
}

static int add_network(struct builder *b)
{
	const struct spec_resources *r = b->resources;
	const struct step *cgroup;

	if (r->has_class_id) {
		if (plan_cgroup_need(b, "net_cls", plan_cgroup_where(b, "network/classID"), &cgroup))
			return -1;
		plan_cgroup_set(b, cgroup, "net_cls.classid", plan_text(b, "%u", r->class_id));
	}
	for (size_t i = 0; i < r->network_priority_count; i++) {
		plan_cgroup_where(b, plan_text(b, "network/priorities/%zu", i));
		if (plan_cgroup_need(b, "net_prio", b->where, &cgroup))
			return -1;
		plan_cgroup_set(b, cgroup, "net_prio.ifpriomap",
				plan_text(b, "%s %u", r->network_priorities[i].name,
					  r->network_priorities[i].priority));
	}
	return 0;
}

static int add_rdma(struct builder *b)
{
	for (size_t i = 0; i < b->resources->rdma_count; i++) {
		const struct spec_rdma *rdma = &b->resources->rdma[i];
		const struct step *cgroup;
		const char *value = rdma->device;

		plan_cgroup_where(b, plan_text(b, "rdma/%s", rdma->device));
		if (plan_cgroup_need(b, "rdma", b->where, &cgroup))
			return -1;
		if (rdma->has_hca_handles)
			value = plan_text(b, "%s hca_handle=%u", value, rdma->hca_handles);
		if (rdma->has_hca_objects)
			value = plan_text(b, "%s hca_object=%u", value, rdma->hca_objects);
		plan_cgroup_set(b, cgroup, "rdma.max", value);
	}
	return 0;
}

int plan_cgroup_others(struct builder *b)
{
	return add_pids(b) || add_hugepages(b) || add_network(b) || add_rdma(b) ? -1 : 0;
}
