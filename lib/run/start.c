/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start: the second half, of what create left waiting. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/begin.h"
#include "run/container.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/run.h"
#include "spec/spec.h"
#include "state/state.h"

/* Knock where the created process waits (perform_wait_start). */
static int connect_start(int dir, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	auto_close int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/start.sock", dir);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return err_system(err, "connect", "start.sock of the container");
	return take_fd(&fd);
}

static size_t find_wait(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_WAIT_START)
			return i;
	return plan->count;
}

/*
 * The rest of the plan that create walked: built again from the saved spec,
 * entered behind its wait-start step with the container's process as the child.
 */
static int start_rest(struct begin *begin, const struct run_context *context, struct container *container,
		      const struct plan_request *request, struct err *err)
{
	struct engine *engine = &begin->engine;

	if (begin_init(begin, context, container->spec, err))
		return -1;
	begin->told = true;
	if (begin_plan(begin, container->spec, request, err))
		return -1;
	*engine->state = *container->state;
	engine->state_dir = container->dir;
	engine->pid = container->state->pid;
	engine->pidfd = container_pidfd(container, err);
	engine->channel = engine->pidfd < 0 ? -1 : connect_start(container->dir, err);
	if (engine->channel < 0)
		return -1;
	engine->next = find_wait(&begin->plan) + 1;
	engine->turn = STEP_CHILD;
	return engine_walk(engine, err);
}

int run_start(const struct run_context *context, const char *id, struct err *err)
{
	static const char *const created[] = { "created", NULL };
	struct begin begin = { 0 };
	struct plan_request request = { .id = id, .detach_start = true,
					.cgroup_manager = (enum plan_cgroup_manager)context->cgroup_manager,
					.rootless = context->rootless };
	struct container container;
	int ret = -1;

	if (container_open(&container, context, id, CONTAINER_LOCKED, err) == 0 &&
	    container_require(&container, "start", created, err) == 0 &&
	    container_read_spec(&container, err) == 0) {
		if (!container.spec->process.given) {
			err_set(err, ERR_STATE, "start", "the container's spec has no process");
			err_object(err, "%s", id);
		} else {
			ret = start_rest(&begin, context, &container, &request, err);
			begin_report_timing(&begin);
			begin.engine.state_dir = -1; /* the container's */
			begin_end(&begin);
		}
	}
	/* The container is then stopped and destroyed (runtime.md, lifecycle steps 7 and 9). */
	if (ret && err->kind == ERR_HOOK) {
		struct err further = { 0 };

		if (container_destroy(&container, &further))
			log_error(&further);
	}
	container_close(&container);
	return ret;
}
