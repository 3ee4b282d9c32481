/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the container's cgroups are, and the steps that make and fill them. config-linux.md, "Control
 * groups". */
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += len)
		if (p > list && p[-1] == ',' && p[len] == ',')
			return true;
	return false;
}

static void add_word(struct builder *b, const char **list, bool wanted, const char *word)
{
	if (wanted && !has_word(*list, word))
		*list = plan_text(b, "%s%s,", *list, word);
}

/* The controllers that linux.resources asks something of, by their names on v2; "," for none. */
static const char *needed_controllers(struct builder *b)
{
	const struct spec_resources *r = b->resources;
	const struct spec_memory *m = &r->memory;
	const struct spec_cpu *c = &r->cpu;
	const struct spec_block_io *io = &r->block_io;
	const char *list = ",";

	add_word(b, &list,
		 m->limit.given || m->reservation.given || m->swap.given || m->kernel.given ||
			 m->kernel_tcp.given || m->swappiness.given || m->disable_oom_killer,
		 "memory");
	add_word(b, &list,
		 c->shares.given || c->quota.given || c->period.given || c->burst.given || c->idle.given ||
			 c->realtime_runtime.given || c->realtime_period.given,
		 "cpu");
	add_word(b, &list, c->cpus || c->mems, "cpuset");
	add_word(b, &list, r->pids_limit.given, "pids");
	add_word(b, &list,
		 io->has_weight || io->has_leaf_weight || io->weight_device_count || io->read_bps.count ||
			 io->write_bps.count || io->read_iops.count || io->write_iops.count,
		 "io");
	add_word(b, &list, r->hugepage_count, "hugetlb");
	add_word(b, &list, r->has_class_id, "net_cls");
	add_word(b, &list, r->network_priority_count, "net_prio");
	add_word(b, &list, r->rdma_count, "rdma");
	for (size_t i = 0; i < r->unified.count; i++) {
		const char *file = r->unified.items[i].key;

		add_word(b, &list, true, plan_text(b, "%.*s", (int)strcspn(file, "."), file));
	}
	return list;
}

static const char *both_have(struct builder *b, const char *needed, const char *rest)
{
	const char *list = ",";

	while (*(rest += strspn(rest, ","))) {
		const char *word = plan_text(b, "%.*s", (int)strcspn(rest, ","), rest);

		add_word(b, &list, has_word(needed, word), word);
		rest += strlen(word);
	}
	return list;
}

/* Without empty parts and "."; the reader has refused "..". */
static const char *tidy(struct builder *b, const char *path)
{
	const char *result = "";

	while (*(path += strspn(path, "/"))) {
		int len = (int)strcspn(path, "/");

		if (len != 1 || *path != '.')
			result = plan_text(b, "%s/%.*s", result, len, path);
		path += len;
	}
	return result;
}

/*
 * An absolute path starts at the hierarchy's root, a relative one at the caller's own cgroup. So does the
 * default for a caller who may not write anywhere else. In v2 the caller's own cgroup, which has the caller in
 * it, can give no controller to one below it (cgroup-v2.rst, "No Internal Process Constraint"): who may write
 * elsewhere starts at the root there too.
 */
static const char *cgroupfs_path(struct builder *b, const struct host_hierarchy *hierarchy)
{
	const char *path = b->spec->linux_.cgroups_path;
	const char *own = hierarchy->own && strcmp(hierarchy->own, "/") ? hierarchy->own : "";

	if (!path || !*path)
		return plan_text(b, "%s/nsinit-%s", b->host->privileged ? "" : own, b->request->id);
	if (path[0] == '/' || (hierarchy->v2 && b->host->privileged))
		own = "";
	return plan_text(b, "%s%s", own, tidy(b, path));
}

int plan_cgroup_place(struct builder *b)
{
	const char *systemd_path = NULL, *needed = needed_controllers(b);
	bool limits = needed[1] != '\0';

	if (b->request->cgroup_manager == PLAN_NO_CGROUP) {
		if (limits)
			return plan_refuse(b, "/linux/resources",
					   "limits need a cgroup, and the cgroup manager is \"disabled\"");
		return 0;
	}
	if (b->request->cgroup_manager == PLAN_SYSTEMD) {
		systemd_path = plan_systemd_place(b);
		if (!systemd_path)
			return -1;
	} else if (b->spec->linux_.cgroups_path && *b->spec->linux_.cgroups_path &&
		   !*tidy(b, b->spec->linux_.cgroups_path)) {
		return plan_refuse(b, "/linux/cgroupsPath",
				   "a container needs a cgroup of its own, found \"%s\"",
				   b->spec->linux_.cgroups_path);
	}
	b->cgroups = arena_array(b->arena, b->host->hierarchy_count, sizeof(*b->cgroups));
	for (size_t i = 0; i < b->host->hierarchy_count; i++) {
		const struct host_hierarchy *hierarchy = &b->host->hierarchies[i];
		struct step *step = &b->cgroups[b->cgroup_count++];

		step->kind = STEP_CGROUP_CREATE;
		step->side = STEP_PARENT;
		step->where = b->spec->linux_.cgroups_path ? "/linux/cgroupsPath" : "";
		step->cgroup.mountpoint = hierarchy->mountpoint;
		step->cgroup.path = systemd_path ? systemd_path : cgroupfs_path(b, hierarchy);
		step->cgroup.v2 = hierarchy->v2;
		step->cgroup.controllers = hierarchy->controllers;
		if (hierarchy->v2)
			step->cgroup.needed = both_have(b, needed, hierarchy->controllers);
		/* systemd gives a delegated scope what it knows, and its slices are its own. */
		if (hierarchy->v2 && systemd_path)
			step->cgroup.controllers = step->cgroup.needed;
		step->cgroup.optional =
			(b->request->rootless || !b->host->privileged || b->host->in_user_ns) && !limits;
		step->cgroup.own = step->cgroup.optional ? hierarchy->own : NULL;
	}
	return 0;
}

const struct step *plan_cgroup_find(const struct builder *b, const char *controller)
{
	for (size_t i = 0; i < b->cgroup_count; i++)
		for (size_t j = 0; j < b->host->hierarchy_count; j++) {
			const struct host_hierarchy *hierarchy = &b->host->hierarchies[j];

			if (!strcmp(hierarchy->mountpoint, b->cgroups[i].cgroup.mountpoint) &&
			    has_word(hierarchy->controllers, controller))
				return &b->cgroups[i];
		}
	return NULL;
}

int plan_cgroup_need(struct builder *b, const char *controller, const char *where, const struct step **cgroup)
{
	*cgroup = plan_cgroup_find(b, controller);
	if (*cgroup)
		return 0;
	if (b->update && !b->cgroup_count)
		return plan_unsupported(b, where, "the container has no cgroup to hold this limit");
	plan_unsupported(b, where, "no cgroup hierarchy of this host has the %s controller", controller);
	return err_hint(b->err, "nsinit check shows which controllers there are");
}

struct step *plan_cgroup_set(struct builder *b, const struct step *cgroup, const char *file,
			     const char *value)
{
	struct step *step = plan_add(b, STEP_CGROUP_SET, STEP_PARENT, b->where);

	step->cgroup_set.mountpoint = cgroup->cgroup.mountpoint;
	step->cgroup_set.path = cgroup->cgroup.path;
	step->cgroup_set.file = file;
	step->cgroup_set.value = value;
	return step;
}

const char *plan_cgroup_where(struct builder *b, const char *below)
{
	b->where = plan_text(b, "%s/%s", b->update ? "" : "/linux/resources", below);
	return b->where;
}

int plan_cgroup_resources(struct builder *b)
{
	if (!b->resources->given)
		return 0;
	return plan_cgroup_memory(b) || plan_cgroup_cpu(b) || plan_cgroup_cpuset(b) ||
			       plan_cgroup_block_io(b) || plan_cgroup_others(b) || plan_cgroup_unified(b)
		       ? -1
		       : 0;
}

static int create_all(struct builder *b)
{
	for (size_t i = 0; i < b->cgroup_count; i++)
		*plan_add(b, STEP_CGROUP_CREATE, STEP_PARENT, "") = b->cgroups[i];
	if (plan_cgroup_resources(b))
		return -1;
	return plan_cgroup_devices(b);
}

int plan_cgroup_create(struct builder *b)
{
	return b->scope ? 0 : create_all(b);
}

/* systemd makes the groups around a process that is there already: so they are filled after the clone. */
int plan_cgroup_create_late(struct builder *b)
{
	if (!b->scope)
		return 0;
	plan_systemd_add(b);
	return create_all(b);
}

const char *plan_cgroup_clone_into(struct builder *b)
{
	for (size_t i = 0; i < b->cgroup_count; i++)
		if (b->cgroups[i].cgroup.v2 && !b->cgroups[i].cgroup.optional && !b->scope)
			return plan_text(b, "%s%s", b->cgroups[i].cgroup.mountpoint,
					 b->cgroups[i].cgroup.path);
	return NULL;
}

/* config-linux.md, "Cgroup ownership": a new cgroup namespace, and its files mounted to be written to. */
static bool delegates(const struct builder *b)
{
	bool writable = false;

	for (size_t i = 0; i < b->spec->mount_count; i++) {
		const struct spec_mount *mount = &b->spec->mounts[i];

		if (mount->type && !strncmp(mount->type, "cgroup", 6) &&
		    !strcmp(mount->destination, "/sys/fs/cgroup"))
			writable = !(mount->flags & MS_RDONLY) &&
				   !(mount->attr_set_recursive & MOUNT_ATTR_RDONLY);
	}
	return writable && plan_namespace_is_new(b, SPEC_NS_CGROUP);
}

/* The host's uid for the process's own: what the delegated files belong to. */
static bool host_uid(const struct builder *b, uint32_t *uid)
{
	const struct spec_idmaps *maps = &b->spec->linux_.uid_mappings;
	uint32_t inside = b->process->user.uid;

	*uid = inside;
	for (size_t i = 0; i < maps->count; i++)
		if (inside >= maps->items[i].container_id &&
		    inside - maps->items[i].container_id < maps->items[i].size) {
			*uid = maps->items[i].host_id + (inside - maps->items[i].container_id);
			return true;
		}
	return plan_namespace_is_shared(b, SPEC_NS_USER);
}

static void add_owners(struct builder *b)
{
	uint32_t uid;

	/* Without privileges, or for who made them, there is nothing to change. */
	if (!b->process->given || !b->host->privileged || !delegates(b) || !host_uid(b, &uid) ||
	    uid == b->host->uid)
		return;
	for (size_t i = 0; i < b->cgroup_count; i++)
		if (b->cgroups[i].cgroup.v2)
			plan_add(b, STEP_CGROUP_OWNER, STEP_PARENT, "/process/user/uid")->owner =
				(struct step_owner){ .mountpoint = b->cgroups[i].cgroup.mountpoint,
						     .path = b->cgroups[i].cgroup.path,
						     .uid = uid };
}

void plan_cgroup_attach(struct builder *b)
{
	bool cloned_into = plan_cgroup_clone_into(b) != NULL;

	for (size_t i = 0; i < b->cgroup_count; i++) {
		struct step *step;

		if (b->cgroups[i].cgroup.v2 && cloned_into)
			continue;
		step = plan_add(b, STEP_CGROUP_ATTACH, STEP_PARENT, b->cgroups[i].where);
		step->cgroup = b->cgroups[i].cgroup;
	}
	add_owners(b);
}
