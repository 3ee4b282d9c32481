/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: create and start in one, then, in the foreground, stay until the end. */
#include <sched.h>
#include <stddef.h>

#include "base/err.h"
#include "kern/process.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/begin.h"
#include "run/container.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/relay.h"
#include "run/run.h"
#include "spec/types.h"
#include "state/state.h"

/* What run_delete() does, with what is at hand: no file of the state has changed since. */
static int delete_ended(struct begin *begin, struct spec *spec, struct err *err)
{
	struct engine *engine = &begin->engine;
	struct container container = { .arena = begin->arena, .root = engine->state_root, .dir = engine->state_dir,
				       .state = engine->state, .spec = spec, .signals = engine->signals };
	struct err failure = { 0 };

	if (state_lock(container.root, engine->state->id, container.dir, &failure) == 0 &&
	    container_destroy(&container, &failure) == 0)
		return 0;
	if (failure.kind == ERR_NOT_FOUND)
		return 0;
	*err = failure;
	return -1;
}

int begin_adopt_orphans(const struct run_request *request, struct err *err)
{
	const struct spec_namespace *pid = &request->spec->linux_.namespaces[SPEC_NS_PID];

	if (request->no_subreaper || (pid->given && !pid->path))
		return 0;
	return kern_process_subreaper(true, err);
}

/* The parent of a detached one is gone at once, and the signal would come then. */
static int check_death_signal(const struct run_request *request, struct err *err)
{
	if (!request->detach || !request->spec->own.parent_death_signal)
		return 0;
	err_set(err, ERR_USAGE, "--detach", "the program would get its parentDeathSignal as soon as nsinit returns");
	err_where(err, request->spec->file, "/nsinit/parentDeathSignal");
	return err_hint(err, "create and start send it when the process that adopted the container ends");
}

int begin_foreground(struct begin *begin, const struct run_request *request, int *status, struct err *err)
{
	struct engine *engine = &begin->engine;
	int ret = relay_run(&(struct relay){ .pid = engine->pid, .pidfd = engine->pidfd, .master = engine->terminal,
					     .signals = engine->signals }, status, err);

	/* Once it was waited for, no process has this number any more. */
	if (!ret)
		engine->state->pid = 0;
	if (!request->keep && delete_ended(begin, request->spec, err))
		ret = -1;
	return ret;
}

int run_run(const struct run_context *context, const struct run_request *request, int *status, struct err *err)
{
	struct begin begin = { 0 };
	int ret;

	if (begin_check_console(request, request->detach, err) || check_death_signal(request, err))
		return -1;
	ret = request->detach ? 0 : begin_adopt_orphans(request, err);
	if (!ret)
		ret = begin_create(&begin, context, request, err);
	begin.last = request->last;
	if (!ret)
		begin_report_timing(&begin);
	if (!ret && !request->detach)
		ret = begin_foreground(&begin, request, status, err);
	if (begin.arena)
		begin_end(&begin);
	return ret;
}
