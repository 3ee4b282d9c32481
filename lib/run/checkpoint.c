/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/criu.h"
#include "run/begin.h"
#include "run/checkpoint.h"
#include "run/container.h"
#include "run/criu.h"
#include "run/run.h"
#include "run/signals.h"
#include "spec/types.h"
#include "state/state.h"

/* The group by which CRIU stops the processes, all at once: of v2, or of v1's freezer. NULL: it stops one by one. */
static const char *freezer(const struct state *state, struct arena *arena)
{
	static const char *const files[] = { "cgroup.freeze", "freezer.state" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		for (size_t j = 0; j < state->cgroup_count; j++) {
			const struct state_cgroup *cgroup = &state->cgroups[j];
			const char *path = arena_printf(arena, "%s%s", cgroup->mountpoint, cgroup->path);

			if (access(arena_printf(arena, "%s/%s", path, files[i]), F_OK) == 0)
				return path;
		}
	return NULL;
}

static int dump(const struct container *container, const struct run_checkpoint *options, struct err *err)
{
	struct arena *arena = container->arena;
	struct criu_call call = { .verb = "checkpoint", .images = options->images,
				  .work = options->work ? options->work : options->images };
	struct kern_criu_request *request = &call.request;
	int ret;

	*request = (struct kern_criu_request){ .type = options->pre_dump ? KERN_CRIU_PRE_DUMP : KERN_CRIU_DUMP,
					       .images = -1, .work = -1,
					       .pid = container->state->pid,
					       .log_file = "dump.log",
					       .root = container->state->rootfs,
					       .parent_images = options->parent,
					       .freeze_cgroup = freezer(container->state, arena),
					       .leave_running = options->leave_running,
					       .track_mem = options->pre_dump || options->parent };
	ret = criu_options(request, options, true, err) ||
	      criu_external(request, container->spec, request->pid, arena, err) ||
	      criu_descriptors_save(request, request->pid, arena, err) || criu_run(&call, NULL, err);
	criu_close(request);
	return ret ? -1 : 0;
}

static int check(struct container *container, const struct run_checkpoint *options, struct err *err)
{
	static const char *const alive[] = { "running", "paused", NULL };

	if (geteuid() != 0)
		return err_set(err, ERR_UNSUPPORTED, "", "checkpoint and restore need root");
	if (options->parent && options->parent[0] == '/') {
		err_set(err, ERR_USAGE, "--parent-path", "expected a path relative to --image-path");
		return err_object(err, "%s", options->parent);
	}
	if (container_require(container, "checkpoint", alive, err) || container_read_spec(container, err))
		return -1;
	return criu_check_spec(container->spec, err);
}

int run_checkpoint(const struct run_context *context, const char *id, const struct run_checkpoint *options,
		   struct err *err)
{
	struct signals signals = { 0 };
	struct container container;
	int ret = container_open(&container, context, id, CONTAINER_LOCKED, err) ||
		  check(&container, options, err);

	if (!ret) {
		/* What is half done would stay so: signals wait. */
		signals_block(&signals);
		ret = dump(&container, options, err);
		if (!ret && !options->leave_running && !options->pre_dump)
			ret = container_destroy(&container, err);
		signals_restore(&signals);
	}
	container_close(&container);
	return ret ? -1 : 0;
}
