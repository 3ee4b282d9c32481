/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A start without a program of its own: what create makes around a container, and CRIU's processes in it. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static int check(struct builder *b)
{
	if (!b->host->privileged || b->request->rootless)
		return plan_unsupported(b, "", "checkpoint and restore need root");
	if (b->request->cgroup_manager == PLAN_SYSTEMD) {
		plan_unsupported(b, "", "restore makes no systemd scopes");
		return err_hint(b->err, "without --systemd-cgroup the cgroup is made by nsinit itself");
	}
	if (!b->spec->root.given)
		return plan_refuse(b, "/root", "expected root.path: the directory that becomes the container's root");
	return plan_namespace_check(b) || plan_cgroup_place(b) ? -1 : 0;
}

int plan_build_restore(struct plan *plan, const struct spec *spec, const struct host *host,
		       const struct plan_request *request, struct err *err)
{
	struct builder b = plan_builder(plan, spec, host, request, err);

	if (check(&b))
		return -1;
	plan_add(&b, STEP_STATE_CREATE, STEP_PARENT, "");
	if (plan_rdt_create(&b) || plan_cgroup_create(&b))
		return -1;
	plan_add(&b, STEP_RESTORE, STEP_PARENT, "");
	plan_rdt_attach(&b);
	plan_add(&b, STEP_STATE_SAVE, STEP_PARENT, "")->state.status = "running";
	if (request->pid_file)
		plan_add(&b, STEP_PID_FILE, STEP_PARENT, "")->text = request->pid_file;
	plan_hook_add(&b, SPEC_HOOK_POSTSTART, STEP_PARENT);
	plan_list_cgroups(&b);
	return 0;
}
