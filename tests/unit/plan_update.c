/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan of an update: which files are written, and in which order. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "spec/spec.h"
#include "spec/types.h"

static struct host_hierarchy unified[] = {
	{ "/sys/fs/cgroup", ",cpuset,cpu,io,memory,pids,", NULL, "/", true },
};
static struct host_hierarchy apart[] = {
	{ "/c/cpu", ",cpu,", NULL, "/", false },
	{ "/c/memory", ",memory,", NULL, "/", false },
};
static const struct host v2 = {
	.kernel_major = 6, .kernel_minor = 1, .hierarchies = unified, .hierarchy_count = 1
};
static const struct host v1 = {
	.kernel_major = 6, .kernel_minor = 1, .hierarchies = apart, .hierarchy_count = 2
};
static const struct host old_v1 = {
	.kernel_major = 5, .kernel_minor = 15, .hierarchies = apart, .hierarchy_count = 2
};

static const struct update_case {
	const char *name, *resources;
	const struct host *host;
	const char *scope;
	const char *writes; /* "FILE=VALUE" with "?" behind what is only tried; a scope's properties in
			       brackets */
	const char *error;
} cases[] = {
	{ "nothing", "{}", &v2, NULL, "", NULL },
	{ "quota and period", "{\"cpu\":{\"quota\":30000,\"period\":60000}}", &v2, NULL,
	  "cpu.max=30000 60000;", NULL },
	{ "v1: either may have to be the first", "{\"cpu\":{\"quota\":30000,\"period\":60000}}", &v1, NULL,
	  "cpu.cfs_period_us=60000?;cpu.cfs_quota_us=30000;cpu.cfs_period_us=60000;", NULL },
	{ "a burst before a smaller quota, and after a larger one",
	  "{\"cpu\":{\"quota\":30000,\"period\":60000,\"burst\":9}}", &v2, NULL,
	  "cpu.max.burst=9?;cpu.max=30000 60000;cpu.max.burst=9;", NULL },
	{ "v1's burst", "{\"cpu\":{\"quota\":30000,\"burst\":9}}", &v1, NULL,
	  "cpu.cfs_burst_us=9?;cpu.cfs_quota_us=30000;cpu.cfs_burst_us=9;", NULL },
	{ "no longer idle, then a weight", "{\"cpu\":{\"shares\":1024,\"idle\":0}}", &v2, NULL,
	  "cpu.idle=0;cpu.weight=100;", NULL },
	{ "a weight, then idle", "{\"cpu\":{\"shares\":1024,\"idle\":1}}", &v2, NULL,
	  "cpu.weight=100;cpu.idle=1;", NULL },
	{ "v1: memory and swap, growing or shrinking", "{\"memory\":{\"limit\":8192,\"swap\":12288}}", &v1,
	  NULL,
	  "memory.memsw.limit_in_bytes=12288?;memory.limit_in_bytes=8192;memory.memsw.limit_in_bytes=12288;",
	  NULL },
	{ "v2: swap alone", "{\"memory\":{\"limit\":8192,\"swap\":12288}}", &v2, NULL,
	  "memory.swap.max=4096;memory.max=8192;", NULL },
	{ "kernel memory before 5.16", "{\"memory\":{\"kernel\":8192}}", &old_v1, NULL,
	  "memory.kmem.limit_in_bytes=8192;", NULL },
	{ "kernel memory", "{\"memory\":{\"kernel\":8192}}", &v1, NULL, NULL,
	  "this kernel (5.16 and later) has no limit for kernel memory alone (spec: /memory/kernel)" },
	{ "no such controller", "{\"pids\":{\"limit\":5}}", &v1, NULL, NULL,
	  "no cgroup hierarchy of this host has the pids controller (spec: /pids/limit)" },
	{ "under systemd", "{\"memory\":{\"limit\":8192},\"cpu\":{\"quota\":-1}}", &v2, "x.scope",
	  "memory.max=8192;cpu.max=max 100000;[x.scope MemoryMax=8192 CPUQuotaPerSecUSec=infinity];"
	  "memory.max=8192;cpu.max=max 100000;",
	  NULL },
	{ "what systemd need not know", "{\"cpu\":{\"idle\":1}}", &v2, "x.scope", "cpu.idle=1;", NULL },
};

static void describe(const struct plan *plan, struct strbuf *out)
{
	strbuf_puts(out, "");
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_CGROUP_SET) {
			strbuf_printf(out, "%s=%s%s;", step->cgroup_set.file, step->cgroup_set.value,
				      step->cgroup_set.try_only ? "?" : "");
			continue;
		}
		cr_assert_eq(step->kind, STEP_CGROUP_SYSTEMD);
		cr_expect(step->systemd.update);
		strbuf_printf(out, "[%s", step->systemd.scope);
		for (size_t j = 0; j < step->systemd.properties.count; j++)
			strbuf_printf(out, " %s=%s", step->systemd.properties.items[j].key,
				      step->systemd.properties.items[j].value);
		strbuf_puts(out, "];");
	}
}

Test(plan_update, writes)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct update_case *c = &cases[i];
		struct step groups[2] = { 0 };
		struct strbuf auto_strbuf writes = { 0 };
		struct err err = { 0 };
		struct spec *spec = spec_read_resources(c->resources, strlen(c->resources), "r.json", &err);
		struct plan_update_request request = { .cgroups = groups,
						       .cgroup_count = c->host->hierarchy_count,
						       .systemd_scope = c->scope };
		struct plan plan;
		char text[2048];
		int result;

		cr_assert_not_null(spec, "%s: %s", c->name, err_text(&err, text, sizeof(text)));
		request.resources = &spec->linux_.resources;
		for (size_t j = 0; j < c->host->hierarchy_count; j++)
			groups[j].cgroup =
				(struct step_cgroup){ .mountpoint = c->host->hierarchies[j].mountpoint,
						      .path = "/x",
						      .v2 = c->host->hierarchies[j].v2 };
		result = plan_build_update(&plan, c->host, &request, &err);
		cr_expect_eq(result, c->error ? -1 : 0, "%s: %d", c->name, result);
		if (result == 0)
			describe(&plan, &writes);
		cr_expect_str_eq(result ? "" : writes.text, c->writes ? c->writes : "", "%s: %s", c->name,
				 result ? "" : writes.text);
		cr_expect_str_eq(err_text(&err, text, sizeof(text)), c->error ? c->error : "", "%s: %s",
				 c->name, text);
		plan_free(&plan);
		spec_free(spec);
	}
}
