/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What plan/'s functions share. Include host.h, plan.h, step.h before it. */
#ifndef NSTOOLS_PLAN_BUILDER_H
#define NSTOOLS_PLAN_BUILDER_H

#include <stdbool.h>
#include <stddef.h>

struct builder {
	struct plan *plan;
	const struct spec *spec;
	const struct spec_process *process;	/* the spec's, or exec's */
	const struct spec_resources *resources; /* the spec's, or update's */
	const struct host *host;
	const struct plan_request *request;
	struct arena *arena;
	struct err *err;
	size_t room; /* steps there is memory for */

	bool new_user, joined_user; /* a user namespace is made or joined */
	bool maps_needed;	    /* new_user: id maps are to be written */
	bool staged;		    /* what is joined is joined by a process of its own, which makes the container's */
	bool update, exec;

	struct step *cgroups; /* CGROUP_CREATE steps, one a hierarchy */
	size_t cgroup_count;
	const char *where;	   /* pointer of the resource at hand */
	const char *slice, *scope; /* systemd manager */
	bool user_manager;

	step_slot root_slot, seccomp_slot;
	step_slot *mount_slots;	 /* by index into spec->mounts; 0: none */
	step_slot *device_slots; /* default devices, then linux.devices */
	step_slot namespace_slots[SPEC_NS_COUNT];
};

/* build.c: an empty *plan with an arena of its own, to be filled for a container of `spec`. */
struct builder plan_builder(struct plan *plan, const struct spec *spec, const struct host *host,
			    const struct plan_request *request, struct err *err);

#endif
