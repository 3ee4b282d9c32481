/* SPDX-License-Identifier: GPL-2.0-or-later */
/* create and start: the two halves of a container's beginning, and both in one for run. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kern/cgroup/group.h"
#include "kern/limits.h"
#include "kern/link.h"
#include "kern/mask.h"
#include "kern/path.h"
#include "kern/terminal.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/begin.h"
#include "run/container.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/run.h"
#include "run/signals.h"
#include "spec/spec.h"
#include "state/state.h"

/* Descriptors a start needs beside its slots. */
#define FILES_SPARE 64

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

/* Thousands of slots are rare; a system call for everybody is not worth it. */
static int raise_files(struct engine *engine, struct err *err)
{
	if (engine->plan->slot_count + FILES_SPARE < 1000)
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
	begin->timing = context->timing;
	signals_block(engine->signals);
	return run_probe(&begin->host, spec, begin->arena, err);
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

	if (engine_allocate(engine, &begin->plan, begin->timing, err))
		return -1;
	return raise_files(engine, err);
}

void begin_end(struct begin *begin)
{
	struct engine *engine = &begin->engine;

	for (size_t i = 0; engine->moved && i < engine->plan->count; i++)
		kern_link_moved_free(engine->moved[i]);
	if (engine->cgroups)
		kern_cgroup_set_close(engine->cgroups);
	engine_close(engine);
	close_keep_errno(take_fd(&engine->state_dir));
	close_keep_errno(take_fd(&engine->state_root));
	umask(engine->caller_umask);
	signals_restore(engine->signals);
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

		if (step->kind == STEP_EXEC)
			continue;
		total += ns;
		strbuf_printf(&text, "%8llu.%llu us  %-6s %-16s %s\n", (unsigned long long)(ns / 1000),
			      (unsigned long long)(ns / 100 % 10), step->side == STEP_PARENT ? "parent" : "child",
			      plan_step_name(step), step->where);
	}
	strbuf_printf(&text, "%8llu us  in all steps\n", (unsigned long long)(total / 1000));
	log_text(text.text);
}

static int prepare(struct begin *begin, const struct run_context *context, const struct run_request *request,
		   struct err *err)
{
	struct engine *engine = &begin->engine;
	auto_strbuf struct strbuf text = { 0 };

	if (begin_init(begin, context, request->spec, err) || begin_plan(begin, request->spec, request->plan, err))
		return -1;
	engine->preserve_fds = request->preserve_fds;
	begin_listen(begin, &request->listen);
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

/* --pidfd-socket: an engine that holds the pidfd never signals a recycled pid. */
int begin_send_pidfd(struct begin *begin, const char *path, struct err *err)
{
	auto_close int socket = -1;

	if (!path)
		return 0;
	socket = kern_terminal_connect(path, err);
	return socket < 0 ? -1 : kern_terminal_send_fd(socket, begin->engine.pidfd, "pidfd", err);
}

int begin_create(struct begin *begin, const struct run_context *context, const struct run_request *request,
		 struct err *err)
{
	if (prepare(begin, context, request, err))
		return -1;
	if (engine_walk(&begin->engine, err) || begin_send_pidfd(begin, request->pidfd_socket, err)) {
		struct container failed = CONTAINER_NONE;

		engine_undo(&begin->engine);
		failed.state = begin->engine.state;
		if (err->kind == ERR_HOOK)
			container_poststop(request->spec, &failed);
		return -1;
	}
	return state_unlock(begin->engine.state_dir, err);
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
		      struct err *err)
{
	struct plan_request request = { .id = container->state->id, .detach_start = true,
					.cgroup_manager = (enum plan_cgroup_manager)context->cgroup_manager,
					.rootless = context->rootless };
	struct engine *engine = &begin->engine;

	if (begin_init(begin, context, container->spec, err) || begin_plan(begin, container->spec, &request, err))
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
	struct container container;
	int ret = -1;

	if (container_open(&container, context, id, true, err) == 0 &&
	    container_require(&container, "start", created, err) == 0 &&
	    container_read_spec(&container, err) == 0) {
		if (!container.spec->process.given) {
			err_set(err, ERR_STATE, "start", "the container's spec has no process");
			err_object(err, "%s", id);
		} else {
			ret = start_rest(&begin, context, &container, err);
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
