/* SPDX-License-Identifier: GPL-2.0-or-later */
/* restore: a plan of its own (plan/restore.c) with CRIU's processes in the place of the clone. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/criu.h"
#include "kern/path.h"
#include "kern/pidfd.h"
#include "kern/terminal.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/begin.h"
#include "run/checkpoint.h"
#include "run/criu.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/hook.h"
#include "run/perform.h"
#include "run/run.h"
#include "spec/names.h"
#include "spec/types.h"
#include "state/state.h"

/* The root and its namespaces are there, the processes are not yet: what create does at this point. */
static int run_hooks(struct engine *engine, int kind, struct err *err)
{
	const struct spec_hooks *hooks = &engine->spec->hooks[kind];
	auto_free char *state = hook_state_json(engine->state, engine->spec, "creating", engine->pid);
	struct hook_call call = { .kind = spec_names_of(&spec_names_hook, (uint64_t)kind), .state = state,
				  .signals = engine->signals };

	for (; call.index < hooks->count; call.index++) {
		call.hook = &hooks->items[call.index];
		if (hook_run(&call, err))
			return -1;
	}
	return 0;
}

static int adopt(struct engine *engine, pid_t pid, struct err *err)
{
	if (engine->pid || pid <= 0)
		return 0;
	engine->pid = pid;
	engine->pidfd = kern_pidfd_open(pid, err);
	return engine->pidfd < 0 ? -1 : 0;
}

static int take_terminal(struct engine *engine, int fd, struct err *err)
{
	if (engine->console >= 0)
		return kern_terminal_send_fd(engine->console, fd, "/dev/ptmx", err);
	engine->terminal = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return engine->terminal < 0 ? err_system(err, "fcntl", "the terminal") : 0;
}

static int notice(void *data, const struct kern_criu_response *response, int fd, struct err *err)
{
	struct engine *engine = data;

	if (strcmp(response->script, "orphan-pts-master") == 0 && fd >= 0)
		return take_terminal(engine, fd, err);
	if (strcmp(response->script, "setup-namespaces") != 0)
		return 0;
	return adopt(engine, response->pid, err) || run_hooks(engine, SPEC_HOOK_PRESTART, err) ||
			       run_hooks(engine, SPEC_HOOK_CREATE_RUNTIME, err)
		       ? -1
		       : 0;
}

/* Does it lie on a file system that is mounted before it, not in the root itself? */
static bool is_covered(const struct spec *spec, size_t index)
{
	const char *path = spec->mounts[index].destination;

	for (size_t i = 0; i < index; i++) {
		const char *other = spec->mounts[i].destination;
		size_t len = strlen(other);

		if (len > 1 && strncmp(path, other, len) == 0 && (path[len] == '/' || !path[len]))
			return true;
	}
	return false;
}

/* In a root that is new here (an image, on another machine) the places to mount on may be missing. */
static int make_targets(const struct engine *engine, struct err *err)
{
	const struct spec *spec = engine->spec;
	auto_close int root = open(engine->state->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_system(err, "open", "%s", engine->state->rootfs);
	for (size_t i = 0; i < spec->mount_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];
		auto_close int target = -1;
		unsigned flags = 0;
		struct stat st;

		if (is_covered(spec, i))
			continue;
		if (mount->bind && mount->source && stat(mount->source, &st) == 0 && !S_ISDIR(st.st_mode))
			flags = KERN_PATH_FILE;
		target = kern_path_make(root, mount->destination, flags, NULL, err);
		if (target < 0)
			return -1;
	}
	return 0;
}

/* Where the container's group is: the same path in each hierarchy, or CRIU's own choice. */
static void add_cgroup_root(struct kern_criu_request *request, const struct state *state, struct arena *arena)
{
	struct kern_criu_pair *root;

	for (size_t i = 0; i < state->cgroup_count; i++)
		if (strcmp(state->cgroups[i].path, state->cgroups[0].path) != 0)
			return;
	if (!state->cgroup_count)
		return;
	root = arena_alloc(arena, sizeof(*root));
	root->value = state->cgroups[0].path;
	request->cgroup_roots = root;
	request->cgroup_root_count = 1;
}

/* A directory of the state that CRIU's mount namespace has the root on: what it takes must be a mount. */
static const char *mount_point(const struct engine *engine, const struct run_context *context, struct err *err)
{
	if (state_make_root(engine->state_dir, err))
		return NULL;
	return arena_printf(engine->arena, "%s/%s/root", context->root_path, engine->state->id);
}

int perform_restore(struct engine *engine, const struct step *step, struct err *err)
{
	const struct engine_restore *restore = engine->restore;
	const struct run_checkpoint *options = restore->options;
	struct criu_call call = { .verb = "restore", .images = options->images,
				  .work = options->work ? options->work : options->images,
				  .root = engine->state->rootfs, .notify = notice, .data = engine,
				  .no_new_privs = engine->spec->process.no_new_privileges };
	struct kern_criu_request *request = &call.request;
	pid_t pid = 0;
	int ret;

	(void)step;
	*request = (struct kern_criu_request){ .type = KERN_CRIU_RESTORE, .images = -1, .work = -1,
					       .log_file = "restore.log",
					       .root = mount_point(engine, restore->context, err),
					       .lsm_profile = options->lsm_profile,
					       .lsm_mount_context = options->lsm_mount_context };
	add_cgroup_root(request, engine->state, engine->arena);
	ret = !request->root || make_targets(engine, err) || criu_options(request, options, false, err) ||
	      criu_external(request, engine->spec, 0, engine->arena, err) ||
	      criu_descriptors_load(request, engine->arena, err) || criu_run(&call, &pid, err) ||
	      adopt(engine, pid, err);
	criu_close(request);
	return ret ? -1 : 0;
}

static int restore_all(struct begin *begin, const struct run_context *context, const struct run_request *request,
		       const struct engine_restore *restore, struct err *err)
{
	struct engine *engine = &begin->engine;

	if (criu_check_spec(request->spec, err) || begin_init(begin, context, request->spec, err))
		return -1;
	engine->spec = request->spec;
	engine->request = request->plan;
	engine->restore = restore;
	if (plan_build_restore(&begin->plan, request->spec, &begin->host, request->plan, err) ||
	    begin_allocate(begin, err) || begin_state(begin, context, request, err))
		return -1;
	if (engine_walk(engine, err)) {
		engine_undo(engine);
		return -1;
	}
	return state_unlock(engine->state_dir, err);
}

int run_restore(const struct run_context *context, const struct run_request *request,
		const struct run_checkpoint *options, int *status, struct err *err)
{
	struct engine_restore restore = { context, options };
	struct begin begin = { 0 };
	int ret = begin_check_console(request, request->detach, err);

	if (!ret && !request->detach)
		ret = begin_adopt_orphans(request, err);
	if (!ret)
		ret = restore_all(&begin, context, request, &restore, err);
	if (!ret && !request->detach)
		ret = begin_foreground(&begin, request, status, err);
	if (begin.arena)
		begin_end(&begin);
	return ret;
}
