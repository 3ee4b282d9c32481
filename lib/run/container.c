/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/pidfd.h"
#include "run/container.h"
#include "run/run.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/state.h"

/*
 * Without the lock: what another is about to make or to remove has no state.json
 * for a moment, and is neither told as being created when it is being removed nor
 * the other way round.
 */
static int load_unlocked(struct container *container, const char *id, struct err *err)
{
	for (int tries = 0; tries < 100; tries++) {
		if (state_load(container->dir, id, container->arena, container->state, err))
			return -1;
		if (container->state->created)
			return 0;
		if (state_check(container->root, id, container->dir, err))
			return -1;
		usleep(1000);
	}
	return 0; /* who made it died on the spot */
}

/* 0 with *container->state read, under the lock wanted. */
static int lock_and_load(struct container *container, const char *id, enum container_lock lock,
			 struct err *err)
{
	int locked = lock == CONTAINER_LOCKED ? state_try_lock(container->root, id, container->dir, err) : 0;

	if (locked < 0)
		return -1;
	if (lock != CONTAINER_AWAITED && !locked) {
		/* Who creates it holds the lock until it is created: an hour, with a hook that takes one. */
		if (load_unlocked(container, id, err))
			return -1;
		if (!lock || !strcmp(run_status(container->state), "creating"))
			return 0;
	}
	if (!locked && state_lock(container->root, id, container->dir, err))
		return -1;
	container->locked = true;
	return state_load(container->dir, id, container->arena, container->state, err);
}

int container_open(struct container *container, const struct run_context *context, const char *id,
		   enum container_lock lock, struct err *err)
{
	*container = (struct container)CONTAINER_NONE;
	container->arena = arena_new();
	container->state = arena_alloc(container->arena, sizeof(*container->state));
	if (state_id_check(id, err))
		return -1;
	container->root = state_root_open(context->root_path, false, err);
	if (container->root < 0) {
		if (err->kind == ERR_NOT_FOUND) {
			*err = (struct err){ 0 };
			err_set(err, ERR_NOT_FOUND, "", "container does not exist");
			err_object(err, "%s", id);
		}
		return -1;
	}
	container->dir = state_open(container->root, id, err);
	return container->dir < 0 ? -1 : lock_and_load(container, id, lock, err);
}

int container_read_spec(struct container *container, struct err *err)
{
	auto_free char *text = NULL;
	size_t len;

	if (state_load_config(container->dir, &text, &len, err))
		return -1;
	container->spec = spec_read(text, len, "config.json", container->state->bundle, err);
	return container->spec ? 0 : -1;
}

void container_close(struct container *container)
{
	close_keep_errno(container->dir);
	close_keep_errno(container->root);
	spec_free(container->spec);
	arena_free(container->arena);
	*container = (struct container)CONTAINER_NONE;
}

int container_pidfd(const struct container *container, struct err *err)
{
	struct err gone = { 0 };
	int fd = -1;

	if (container->state->pid > 0)
		fd = kern_pidfd_open_started(container->state->pid, container->state->start_time, &gone);
	if (fd < 0) {
		err_set(err, ERR_STATE, "", "container not running");
		err_object(err, "%s", container->state->id);
	}
	return fd;
}

/* Is the process that the state names still there, and not a zombie? */
static bool is_alive(const struct state *state)
{
	struct err gone = { 0 };
	uint64_t ticks;
	char letter;

	if (state->pid <= 0 || kern_pidfd_state(AT_FDCWD, state->pid, &letter, &ticks, &gone))
		return false;
	return ticks == state->start_time && letter != 'Z' && letter != 'X';
}

/* The freezer: v2, or v1's own hierarchy. Others read as thawed. */
static bool is_frozen(const struct state *state)
{
	for (size_t i = 0; i < state->cgroup_count; i++) {
		enum kern_cgroup_freeze_state frozen = KERN_CGROUP_THAWED;
		struct kern_cgroup group = { 0 };
		struct err gone = { 0 };

		if (kern_cgroup_open(&group, state->cgroups[i].mountpoint, state->cgroups[i].path, &gone) ==
		    0)
			kern_cgroup_freeze_read(&group, &frozen, &gone);
		kern_cgroup_close(&group);
		if (frozen != KERN_CGROUP_THAWED)
			return true;
	}
	return false;
}

const char *run_status(const struct state *state)
{
	if (!strcmp(state->phase, "creating") && !state->pid)
		return "creating";
	if (!is_alive(state))
		return "stopped";
	return is_frozen(state) ? "paused" : state->phase;
}

int container_require(const struct container *container, const char *operation, const char *const *statuses,
		      struct err *err)
{
	const char *status = run_status(container->state);

	for (; *statuses; statuses++)
		if (!strcmp(*statuses, status))
			return 0;
	/* Engines look for "container not running". */
	if (!strcmp(status, "stopped"))
		err_set(err, ERR_STATE, operation, "container not running");
	else
		err_set(err, ERR_STATE, operation, "cannot %s a container that is %s", operation, status);
	return err_object(err, "%s", container->state->id);
}

int run_state(const struct run_context *context, const char *id, struct arena *arena, struct state *state,
	      struct err *err)
{
	struct container container;
	int ret = container_open(&container, context, id, CONTAINER_UNLOCKED, err);

	if (!ret)
		ret = state_load(container.dir, id, arena, state, err);
	container_close(&container);
	return ret;
}

struct spec *run_spec(const struct run_context *context, const char *id, struct err *err)
{
	struct container container;
	struct spec *spec = NULL;

	if (container_open(&container, context, id, CONTAINER_UNLOCKED, err) == 0 &&
	    container_read_spec(&container, err) == 0)
		spec = take_ptr(container.spec);
	container_close(&container);
	return spec;
}

struct json *run_state_json(const struct state *state, const char *status, const struct spec *spec)
{
	struct json *root = json_object(), *annotations;
	bool has_pid = !strcmp(status, "stopped") ? false : state->pid > 0;

	json_set_string(root, "ociVersion", SPEC_OCI_VERSION);
	json_set_string(root, "id", state->id);
	json_set_string(root, "status", status);
	json_set_i64(root, "pid", has_pid ? state->pid : 0);
	json_set_string(root, "bundle", state->bundle);
	json_set_string(root, "rootfs", state->rootfs);
	json_set_string(root, "created", state->created);
	json_set_i64(root, "owner", state->owner);
	if (spec && spec->annotations.count) {
		annotations = json_set_object(root, "annotations");
		for (size_t i = 0; i < spec->annotations.count; i++)
			json_set_string(annotations, spec->annotations.items[i].key,
					spec->annotations.items[i].value);
	}
	return root;
}
