/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/err.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "run/container.h"
#include "run/processes.h"
#include "run/run.h"
#include "state/state.h"

#define TIMEOUT_MSEC 10000

typedef int change_function(const struct kern_cgroup *group, int timeout_ms, struct err *err);

static int change(const struct run_context *context, const char *id, const char *operation,
		  change_function *function, struct err *err)
{
	static const char *const running[] = { "created", "running", NULL };
	static const char *const paused[] = { "paused", NULL };
	struct container container;
	struct kern_cgroup group = { 0 };
	int ret = container_open(&container, context, id, CONTAINER_LOCKED, err), found;

	if (!ret)
		ret = container_require(&container, operation, function == kern_cgroup_thaw ? paused : running, err);
	if (!ret) {
		found = processes_cgroup(&container, &group, err);
		if (found == 0) {
			err_set(err, ERR_UNSUPPORTED, operation, "the container has no cgroup that can be frozen");
			err_object(err, "%s", id);
		}
		ret = found > 0 ? function(&group, TIMEOUT_MSEC, err) : -1;
		if (!ret && function == kern_cgroup_thaw)
			ret = processes_thaw_v1(&container, err);
		/* Nothing in it changes, but who waits for the status is woken by a new file. */
		if (!ret)
			ret = state_save(container.dir, container.state, err);
	}
	kern_cgroup_close(&group);
	container_close(&container);
	return ret;
}

int run_pause(const struct run_context *context, const char *id, struct err *err)
{
	return change(context, id, "pause", kern_cgroup_freeze, err);
}

int run_resume(const struct run_context *context, const char *id, struct err *err)
{
	return change(context, id, "resume", kern_cgroup_thaw, err);
}
