/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An existing container, opened by an operation: its directory (locked or not), state and spec. */
#ifndef NSTOOLS_RUN_CONTAINER_H
#define NSTOOLS_RUN_CONTAINER_H

#include <stdbool.h>

struct arena;
struct err;
struct run_context;
struct signals;
struct spec;
struct state;
struct step;

struct container {
	struct arena *arena;
	int root, dir;
	struct state *state; /* in the arena */
	struct spec *spec; /* NULL until container_read_spec() */
	bool locked;
	struct signals *signals; /* that end a poststop hook; or NULL */
};
#define CONTAINER_NONE { .root = -1, .dir = -1 }

enum container_lock {
	CONTAINER_UNLOCKED,
	CONTAINER_LOCKED, /* but not where it is being created: that is told by its status, without a wait */
	CONTAINER_AWAITED, /* also for the end of its creation */
};

int container_open(struct container *container, const struct run_context *context, const char *id,
		   enum container_lock lock, struct err *err);
int container_read_spec(struct container *container, struct err *err);
void container_close(struct container *container);

/* A pidfd of the container's process; -1 with ERR_STATE "container not running" when it has ended. */
int container_pidfd(const struct container *container, struct err *err);

/* The container must have one of these statuses (a list that ends in NULL): else ERR_STATE. */
int container_require(const struct container *container, const char *operation, const char *const *statuses,
		      struct err *err);

/* Its cgroups as the planner takes them (STEP_CGROUP_ATTACH), state->cgroup_count of them, in the container's arena. */
struct step *container_cgroup_steps(const struct container *container);

#endif
