/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct spec + struct host -> the ordered steps. Pure: no system call, no clock, no environment. */
#ifndef NSTOOLS_PLAN_PLAN_H
#define NSTOOLS_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct host;
struct json;
struct spec;
struct spec_process;
struct spec_resources;
struct step;
struct strbuf;

enum plan_cgroup_manager { PLAN_CGROUPFS, PLAN_SYSTEMD, PLAN_NO_CGROUP };

/* What the command line says beside the spec. */
struct plan_request {
	const char *id;
	bool detach_start; /* create: stop at wait-start; else run on */
	bool no_pivot;
	bool no_new_keyring;
	enum plan_cgroup_manager cgroup_manager;
	bool rootless;	      /* a cgroup that cannot be made is passed over where no limit was asked for */
	const char *pid_file; /* absolute, or NULL */
};

struct plan {
	struct arena *arena;
	struct step *steps;
	size_t count;
	unsigned slot_count; /* slots are 1..slot_count */
	const char **warnings; /* what was asked for and is left out, with its pointer */
	size_t warning_count;
	/* Where the container's cgroups are, one a hierarchy: for the state file. */
	const struct step **cgroups;
	size_t cgroup_count;
};

/* Plan the start of a container. 0, or -1 with err (file and pointer into the spec). plan_free() after either. */
int plan_build(struct plan *plan, const struct spec *spec, const struct host *host,
	       const struct plan_request *request, struct err *err);

/* Plan a restore: what a start makes around the container, without its process. As plan_build(). */
int plan_build_restore(struct plan *plan, const struct spec *spec, const struct host *host,
		       const struct plan_request *request, struct err *err);

/* What `exec` needs to know of the container it enters. */
struct plan_exec_request {
	const char *id;
	const struct spec *container; /* the spec it was created with */
	const struct spec_process *process;
	const struct step *cgroups; /* STEP_CGROUP_ATTACH steps, one a hierarchy, from the state file */
	size_t cgroup_count;
	bool no_new_keyring;
	const char *pid_file;
};

/*
 * Plan another process in a running container: join, then the same process
 * steps as a start has. The namespaces are joined through the target's pidfd,
 * which the engine holds; ns-join steps without a slot say which kinds.
 */
int plan_build_exec(struct plan *plan, const struct host *host, const struct plan_exec_request *request,
		    struct err *err);

/* Other limits for a container that runs. */
struct plan_update_request {
	const struct spec_resources *resources;
	const struct step *cgroups; /* as above */
	size_t cgroup_count;
	const char *systemd_scope; /* NULL: none */
	bool systemd_user;
};

/* The cgroup-set and cgroup-devices steps that bring the resources about; systemd is told the same. */
int plan_build_update(struct plan *plan, const struct host *host, const struct plan_update_request *request,
		      struct err *err);

void plan_free(struct plan *plan);

const char *plan_step_name(const struct step *step);
/* One line of text a step: "NUMBER SIDE NAME ARGUMENTS  (POINTER)". */
void plan_print(const struct plan *plan, struct strbuf *out);
/* One step's arguments alone, for --timing and logs. */
void plan_print_step(const struct step *step, struct strbuf *out);
/* An array of objects with the members step, side, where and the arguments. */
struct json *plan_json(const struct plan *plan);

#endif
