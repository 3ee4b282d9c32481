/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.intelRdt: config-linux.md, "IntelRdt". */
#include <string.h>

#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static struct step_rdt describe(const struct builder *b)
{
	const struct spec_intel_rdt *rdt = &b->spec->linux_.intel_rdt;
	bool limits = rdt->l3_cache_schema || rdt->mem_bw_schema || rdt->schemata.count;
	const char *group = !rdt->clos_id ? b->request->id : !strcmp(rdt->clos_id, "/") ? "" : rdt->clos_id;

	return (struct step_rdt){
		.root = b->host->resctrl,
		.group = group,
		.monitor = rdt->enable_monitoring ? b->request->id : NULL,
		.l3_cache = rdt->l3_cache_schema,
		.memory_bandwidth = rdt->mem_bw_schema,
		.schemata = rdt->schemata,
		/* A group that is named is never removed; without limits it has to be there. */
		.create = !rdt->clos_id,
		.must_exist = rdt->clos_id && !limits
	};
}

int plan_rdt_create(struct builder *b)
{
	if (!b->spec->linux_.intel_rdt.given)
		return 0;
	if (!b->host->has_resctrl)
		return plan_unsupported(b, "/linux/intelRdt", "resctrl is not mounted on /sys/fs/resctrl");
	plan_add(b, STEP_RDT_CREATE, STEP_PARENT, "/linux/intelRdt")->rdt = describe(b);
	return 0;
}

void plan_rdt_attach(struct builder *b)
{
	if (b->spec->linux_.intel_rdt.given)
		plan_add(b, STEP_RDT_ATTACH, STEP_PARENT, "/linux/intelRdt")->rdt = describe(b);
}
