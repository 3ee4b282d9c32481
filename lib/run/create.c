/* SPDX-License-Identifier: GPL-2.0-or-later */
/* create: a container up to the point where it waits for start; run goes on from there. */
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "kern/terminal.h"
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

static void fill_state(struct begin *begin, const struct run_request *request)
{
	const struct spec *spec = request->spec;
	struct state *state = begin->engine.state;

	*state = (struct state){ .id = request->plan->id, .bundle = spec->bundle, .phase = "creating",
				 .oci_version = spec->oci_version, .owner = geteuid(),
				 .terminal = spec->process.terminal };
	if (spec->root.path)
		state->rootfs = spec->root.path[0] == '/'
					? spec->root.path
					: arena_printf(begin->arena, "%s/%s", spec->bundle, spec->root.path);
}

int begin_state(struct begin *begin, const struct run_context *context, const struct run_request *request,
		struct err *err)
{
	struct engine *engine = &begin->engine;
	auto_strbuf struct strbuf text = { 0 };

	engine->config = request->config;
	engine->config_len = request->config_len;
	if (!engine->config) {
		struct json *json = spec_write(request->spec);

		json_print(json, false, &text);
		json_free(json);
		engine->config = arena_strdup(begin->arena, text.text);
		engine->config_len = text.len;
	}
	fill_state(begin, request);
	if (request->console_socket && request->spec->process.terminal) {
		engine->console = kern_terminal_connect(request->console_socket, err);
		if (engine->console < 0)
			return -1;
	}
	engine->state_root = state_root_open(context->root_path, true, err);
	return engine->state_root < 0 ? -1 : 0;
}

static int prepare(struct begin *begin, const struct run_context *context, const struct run_request *request,
		   struct err *err)
{
	if (begin_init(begin, context, request->spec, err) || begin_plan(begin, request->spec, request->plan, err))
		return -1;
	begin->engine.preserve_fds = request->preserve_fds;
	begin_listen(begin, &request->listen);
	return begin_state(begin, context, request, err);
}

/* Has a hook run, or tried to? Then the poststop hooks are to undo what it did. */
static bool hooks_began(const struct engine *engine)
{
	for (size_t i = 0; i < engine->plan->count && i <= engine->next; i++)
		if (engine->plan->steps[i].kind == STEP_HOOK)
			return true;
	return false;
}

/* runtime.md, lifecycle steps 3 to 5: the error, then steps 12 and 13. */
static void destroy_half(struct begin *begin, const struct run_request *request)
{
	struct engine *engine = &begin->engine;
	struct container half = CONTAINER_NONE;
	bool began = engine->plan && hooks_began(engine);

	engine_undo(engine);
	half.state = engine->state;
	half.signals = engine->signals;
	if (began)
		container_poststop(request->spec, &half);
}

int begin_create(struct begin *begin, const struct run_context *context, const struct run_request *request,
		 struct err *err)
{
	if (prepare(begin, context, request, err))
		return -1;
	if (engine_walk(&begin->engine, err) || begin_send_pidfd(begin, request->pidfd_socket, err)) {
		destroy_half(begin, request);
		return -1;
	}
	return state_unlock(begin->engine.state_dir, err);
}

int run_create(const struct run_context *context, const struct run_request *request, struct err *err)
{
	struct begin begin = { 0 };
	int ret;

	if (begin_check_console(request, true, err))
		return -1;
	ret = begin_create(&begin, context, request, err);
	begin_report_timing(&begin);
	begin_end(&begin);
	return ret;
}
