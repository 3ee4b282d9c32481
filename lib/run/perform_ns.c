/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces, ids, and what belongs to a namespace: names, loopback, sysctls. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/cred.h"
#include "kern/link.h"
#include "kern/mount.h"
#include "kern/ns.h"
#include "kern/pidfd.h"
#include "kern/process.h"
#include "kern/procfs.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/engine.h"
#include "run/perform.h"
#include "run/userns.h"

/* By path the spec could name the namespace that it may not change where it is the runtime's own. */
static int refuse_own(const struct step *step, int ns, struct err *err)
{
	char path[64];
	struct stat own, joined;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kern_ns_kinds[step->ns.kind].proc_name);
	if (stat(path, &own) || fstat(ns, &joined))
		return err_system(err, "stat", "%s", path);
	if (own.st_dev != joined.st_dev || own.st_ino != joined.st_ino)
		return 0;
	err_set(err, ERR_SPEC, "", "%s is the runtime's own namespace: %s would change the host", step->ns.path,
		step->ns.changed_by);
	return err_hint(err, "the container needs a namespace of its own for that");
}

int perform_ns_open(struct engine *engine, const struct step *step, struct err *err)
{
	int fd = kern_ns_open(step->ns.path, kern_ns_kinds[step->ns.kind].flag, err);

	engine->slots[step->ns.slot] = fd;
	return fd < 0 || (step->ns.changed_by && refuse_own(step, fd, err)) ? -1 : 0;
}

/* The parent enters a namespace for the clone only: engine_clone() goes back to this one. */
static int remember_own(struct engine *engine, enum spec_namespace_kind kind, struct err *err)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kern_ns_kinds[kind].proc_name);
	engine->saved_ns[kind] = open(path, O_RDONLY | O_CLOEXEC);
	return engine->saved_ns[kind] < 0 ? err_system(err, "open", "%s", path) : 0;
}

/* exec: one setns() on the container's pidfd for this step and all joins that follow it on this side. */
static int join_by_pidfd(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step *end = engine->plan->steps + engine->plan->count;
	int flags = 0;

	if (step > engine->plan->steps && step[-1].kind == STEP_NS_JOIN && step[-1].side == step->side)
		return 0;
	for (; step < end && step->kind == STEP_NS_JOIN && step->side == engine->side; step++)
		flags |= kern_ns_kinds[step->ns.kind].flag;
	return kern_ns_join_pidfd(engine->container_pidfd, flags, err);
}

int perform_ns_join(struct engine *engine, const struct step *step, struct err *err)
{
	if (engine->side == STEP_PARENT && remember_own(engine, step->ns.kind, err))
		return -1;
	if (step->ns.slot == 0)
		return join_by_pidfd(engine, step, err);
	return kern_ns_join(engine->slots[step->ns.slot], kern_ns_kinds[step->ns.kind].flag, err);
}

int perform_idmap_write(struct engine *engine, const struct step *step, struct err *err)
{
	int procfs = perform_procfs(engine, err);

	return procfs < 0 ? -1 : userns_write_maps(procfs, engine->pid, &step->idmap, err);
}

int perform_tree_idmap(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_tree_idmap *map = &step->tree_idmap;
	int procfs = perform_procfs(engine, err);
	auto_close int process = -1, userns = -1;

	if (procfs < 0)
		return -1;
	if (map->uid.count) {
		userns = userns_open(procfs, &map->uid, &map->gid, err);
	} else {
		process = kern_pidfd_proc(procfs, engine->pidfd, err);
		userns = process < 0 ? -1 : kern_ns_open_pid(process, CLONE_NEWUSER, err);
	}
	if (userns < 0)
		return -1;
	return kern_mount_idmap(engine->slots[map->slot], userns, map->recursive, map->source, err);
}

int perform_become_root(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	(void)step;
	/* The maps are written: nobody needs to look into us any more. */
	return kern_cred_become_root(err) || kern_process_dumpable(false, err) ? -1 : 0;
}

int perform_unshare(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	return kern_ns_unshare((int)step->unshare.flags, err);
}

int perform_time_offsets(struct engine *engine, const struct step *step, struct err *err)
{
	const struct spec_time_offset *monotonic = &step->time.monotonic, *boottime = &step->time.boottime;
	struct kern_time_offset m = { monotonic->secs, monotonic->nanosecs };
	struct kern_time_offset b = { boottime->secs, boottime->nanosecs };
	int procfs, ret;

	/*
	 * The files of a process that is not dumpable belong to the host's root,
	 * which a new user namespace does not map: open up for this one write.
	 * No process of the container exists yet that could look in.
	 */
	if (kern_process_dumpable(true, err))
		return -1;
	procfs = perform_procfs(engine, err);
	ret = procfs < 0 ? -1 : kern_ns_time_enter(procfs, monotonic->given ? &m : NULL,
						   boottime->given ? &b : NULL, err);
	return kern_process_dumpable(false, err) || ret ? -1 : 0;
}

int perform_session(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	(void)step;
	return kern_process_session(err);
}

int perform_hostname(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	return kern_ns_set_hostname(step->text, err);
}

int perform_domainname(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	return kern_ns_set_domainname(step->text, err);
}

int perform_loopback(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	(void)step;
	return kern_link_loopback(err);
}

int perform_sysctl(struct engine *engine, const struct step *step, struct err *err)
{
	int procfs = perform_procfs(engine, err);

	return procfs < 0 ? -1 : kern_procfs_sysctl(procfs, step->pair->key, step->pair->value, err);
}
