/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What create, run, start and exec have in common. */
#include <limits.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_set.h"
#include "kern/limits.h"
#include "kern/link.h"
#include "kern/mask.h"
#include "kern/path.h"
#include "kern/terminal.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/begin.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/run.h"
#include "run/signals.h"
#include "spec/spec.h"
#include "state/state.h"

/* Descriptors a start needs beside its slots. */
#define FILES_SPARE 64
#define FILES_SURE 200

/* Below the limit that kern/self.c needs anyway there is room. Hundreds of slots are rare: no call for everybody. */
static int raise_files(struct engine *engine, struct err *err)
{
	if (engine->plan->slot_count + FILES_SPARE < FILES_SURE)
		return 0;
	if (kern_limits_raise_files(&engine->files_soft, err))
		return -1;
	engine->files_raised = true;
	return 0;
}

int begin_init(struct begin *begin, const struct run_context *context, const struct spec *spec, struct err *err)
{
	struct engine *engine = &begin->engine;

	engine_init(engine);
	begin->arena = engine->arena = arena_new();
	engine->state = arena_alloc(begin->arena, sizeof(*engine->state));
	engine->cgroups = arena_alloc(begin->arena, sizeof(*engine->cgroups));
	engine->masks = arena_alloc(begin->arena, sizeof(*engine->masks));
	*engine->masks = (struct kern_masks)KERN_MASKS_NONE;
	engine->parent = arena_alloc(begin->arena, sizeof(*engine->parent));
	engine->parent->fd = -1;
	engine->program = arena_alloc(begin->arena, PATH_MAX);
	engine->signals = arena_alloc(begin->arena, sizeof(*engine->signals));
	engine->caller_umask = umask(022);
	engine->cgroups->umask_known = true;
	begin->timing = context->timing;
	signals_block(engine->signals);
	if (run_probe(&begin->host, spec, begin->arena, err))
		return -1;
	engine->signals->ignored = begin->host.ignored_signals;
	return 0;
}

int begin_plan(struct begin *begin, const struct spec *spec, const struct plan_request *request, struct err *err)
{
	struct engine *engine = &begin->engine;

	engine->spec = spec;
	engine->request = request;
	if (plan_build(&begin->plan, spec, &begin->host, request, err))
		return -1;
	return begin_allocate(begin, err);
}

int begin_allocate(struct begin *begin, struct err *err)
{
	struct engine *engine = &begin->engine;

	for (size_t i = 0; i < begin->plan.warning_count && !begin->told; i++)
		log_warning("%s", begin->plan.warnings[i]);
	if (engine_allocate(engine, &begin->plan, begin->timing, err))
		return -1;
	return raise_files(engine, err);
}

void begin_end(struct begin *begin)
{
	struct engine *engine = &begin->engine;

	for (size_t i = 0; engine->moved && i < engine->plan->count; i++)
		kern_link_moved_free(engine->moved[i]);
	if (!begin->last) {
		if (engine->cgroups)
			kern_cgroup_set_close(engine->cgroups);
		engine_close(engine);
		close_keep_errno(take_fd(&engine->state_dir));
		close_keep_errno(take_fd(&engine->state_root));
		umask(engine->caller_umask);
		signals_restore(engine->signals);
	}
	plan_free(&begin->plan);
	arena_free(begin->arena);
}

/* --timing: what each step took, in the order of the plan. */
void begin_report_timing(const struct begin *begin)
{
	auto_strbuf struct strbuf text = { 0 };
	uint64_t total = 0;

	if (!begin->engine.timing)
		return;
	for (size_t i = 0; i < begin->plan.count; i++) {
		const struct step *step = &begin->plan.steps[i];
		uint64_t ns = begin->engine.timing[i];
		auto_strbuf struct strbuf arguments = { 0 };

		if (step->kind == STEP_EXEC)
			continue;
		plan_print_step(step, &arguments);
		total += ns;
		strbuf_printf(&text, "%8llu.%llu us  %-6s %-*s%s\n", (unsigned long long)(ns / 1000),
			      (unsigned long long)(ns / 100 % 10), step->side == STEP_PARENT ? "parent" : "child",
			      arguments.len ? 17 : 0, plan_step_name(step), arguments.len ? arguments.text : "");
	}
	strbuf_printf(&text, "%8llu us  in all steps\n", (unsigned long long)(total / 1000));
	log_text(text.text);
}

/* --pidfd-socket: an engine that holds the pidfd never signals a recycled pid. */
int begin_send_pidfd(struct begin *begin, const char *path, struct err *err)
{
	auto_close int socket = -1;

	if (!path)
		return 0;
	socket = kern_terminal_connect(path, err);
	return socket < 0 ? -1 : kern_terminal_send_fd(socket, begin->engine.pidfd, "pidfd", err);
}

int begin_check_console(const struct run_request *request, bool detach, struct err *err)
{
	const struct spec_process *process = &request->spec->process;

	if (process->terminal && detach && !request->console_socket) {
		err_set(err, ERR_USAGE, "terminal", "a detached container with a terminal needs --console-socket");
		return err_where(err, request->spec->file, "/process/terminal");
	}
	if (!process->terminal && request->console_socket)
		return err_set(err, ERR_USAGE, "--console-socket", "process.terminal is not true in the spec");
	return 0;
}
