/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root and the mounts, in the spec's order. config.md, "Mounts". */
#include <sys/mount.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000 /* Linux 5.14 */
#endif

/* MS_* that are a mount's, and their MOUNT_ATTR_*; the access time ones are a field of their own. */
static const struct {
	uint64_t flag, attr;
} attributes[] = {
	{ MS_RDONLY, MOUNT_ATTR_RDONLY },         { MS_NOSUID, MOUNT_ATTR_NOSUID },
	{ MS_NODEV, MOUNT_ATTR_NODEV },           { MS_NOEXEC, MOUNT_ATTR_NOEXEC },
	{ MS_NODIRATIME, MOUNT_ATTR_NODIRATIME }, { MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW },
};

/* MS_* that are the file system's own. Read-only is added for block devices alone: others share theirs. */
#define SUPER_FLAGS (MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_LAZYTIME | MS_I_VERSION | MS_SILENT)

static const char *where(struct builder *b, size_t index)
{
	return plan_text(b, "/mounts/%zu", index);
}

static void translate(const struct spec_mount *mount, struct step_mount *step)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (mount->flags & attributes[i].flag)
			step->attr_set |= attributes[i].attr;
		if (mount->flags_cleared & attributes[i].flag)
			step->attr_clear |= attributes[i].attr;
	}
	/* Setting one access time mode clears the field: mount_setattr(2). Relatime is its zero. */
	if (mount->flags & (MS_NOATIME | MS_STRICTATIME | MS_RELATIME) ||
	    mount->flags_cleared & (MS_NOATIME | MS_STRICTATIME)) {
		step->attr_clear |= MOUNT_ATTR__ATIME;
		step->attr_set |= mount->flags & MS_STRICTATIME ? MOUNT_ATTR_STRICTATIME
				  : mount->flags & MS_NOATIME   ? MOUNT_ATTR_NOATIME
								: MOUNT_ATTR_RELATIME;
	}
	step->attr_set_recursive = mount->attr_set_recursive;
	step->attr_clear_recursive = mount->attr_clear_recursive;
	step->super_flags = mount->flags & SUPER_FLAGS;
	if (mount->flags & MS_RDONLY && mount->source && mount->source[0] == '/' && !mount->bind)
		step->super_flags |= MS_RDONLY;
	step->propagation = mount->propagation;
	step->propagation_count = mount->propagation_count;
	step->copy_up = mount->copy_up;
	step->copy_symlink = mount->copy_symlink;
	step->dest_nofollow = mount->dest_nofollow;
}

static bool is_type(const struct spec_mount *mount, const char *type)
{
	return !mount->bind && mount->type && !strcmp(mount->type, type);
}

static bool is_cgroup(const struct spec_mount *mount)
{
	return is_type(mount, "cgroup") || is_type(mount, "cgroup2");
}

static bool has_v1(const struct builder *b)
{
	for (size_t i = 0; i < b->host->hierarchy_count; i++)
		if (!b->host->hierarchies[i].v2)
			return true;
	return false;
}

/* A bind, or a cgroup mount that has to be one: without a cgroup namespace a new mount would show the whole
 * host's. */
static bool needs_tree(const struct builder *b, const struct spec_mount *mount)
{
	return mount->bind || (is_cgroup(mount) && !has_v1(b) && !plan_namespace_is_new(b, SPEC_NS_CGROUP) &&
			       b->cgroup_count);
}

static const char *tree_source(struct builder *b, const struct spec_mount *mount)
{
	if (mount->bind)
		return plan_path(b, mount->source);
	return plan_text(b, "%s%s", b->cgroups[0].cgroup.mountpoint, b->cgroups[0].cgroup.path);
}

static int check_mount(struct builder *b, const struct spec_mount *mount, size_t index)
{
	bool idmap = mount->idmap || mount->uid_mappings.count;

	if (mount->bind && !mount->source)
		return plan_refuse(b, where(b, index), "a bind mount needs a source");
	if (!mount->bind && !mount->remount && !mount->type)
		return plan_refuse(b, where(b, index), "expected a type, or the option bind or rbind");
	if (!idmap)
		return 0;
	if (!mount->bind)
		return plan_refuse(b, where(b, index), "idmap goes with bind mounts alone");
	if (!mount->uid_mappings.count && !b->new_user)
		return plan_refuse(b, where(b, index),
				   "idmap without uidMappings needs a new user namespace to take them from");
	if (!b->host->has_idmapped_mounts)
		return plan_unsupported(b, where(b, index), "idmapped mounts need Linux 5.12, this is %u.%u",
					b->host->kernel_major, b->host->kernel_minor);
	if (!b->host->privileged)
		return plan_unsupported(b, where(b, index), "idmapped mounts need root on the host");
	return 0;
}

static void open_source(struct builder *b, size_t index)
{
	const struct spec_mount *mount = &b->spec->mounts[index];
	struct step *step = plan_add(b, STEP_TREE_OPEN, plan_opener(b), where(b, index));

	step->tree.source = tree_source(b, mount);
	step->tree.recursive = mount->recursive || !mount->bind;
	step->tree.nofollow = mount->src_nofollow || mount->copy_symlink;
	step->tree.slot = b->mount_slots[index] = ++b->plan->slot_count;
}

int plan_mount_open(struct builder *b)
{
	const struct spec *spec = b->spec;

	b->mount_slots = arena_array(b->arena, spec->mount_count, sizeof(*b->mount_slots));
	for (size_t i = 0; i < spec->mount_count; i++) {
		if (check_mount(b, &spec->mounts[i], i))
			return -1;
		if (needs_tree(b, &spec->mounts[i]) && plan_opener(b) == STEP_PARENT)
			open_source(b, i);
	}
	return 0;
}

void plan_mount_idmap(struct builder *b, bool own_map)
{
	for (size_t i = 0; i < b->spec->mount_count; i++) {
		const struct spec_mount *mount = &b->spec->mounts[i];
		bool own = mount->uid_mappings.count == 0;
		struct step *step;

		if ((!mount->idmap && own) || own != own_map)
			continue;
		step = plan_add(b, STEP_TREE_IDMAP, STEP_PARENT, where(b, i));
		step->tree_idmap = (struct step_tree_idmap){ .slot = b->mount_slots[i],
							     .source = tree_source(b, mount),
							     .recursive = mount->idmap_recursive,
							     .uid = mount->uid_mappings,
							     .gid = mount->gid_mappings };
	}
}

static void add_cgroup(struct builder *b, struct step_mount *step, size_t index)
{
	bool shared = !plan_namespace_is_new(b, SPEC_NS_CGROUP);

	step->cgroup_ro = shared;
	if (has_v1(b)) {
		struct step_cgroup *all = arena_array(b->arena, b->cgroup_count, sizeof(*all));

		for (size_t i = 0; i < b->cgroup_count; i++)
			all[i] = b->cgroups[i].cgroup;
		step->form = STEP_MOUNT_CGROUP_V1;
		step->hierarchies = all;
		step->hierarchy_count = b->cgroup_count;
	} else if (b->mount_slots[index] || needs_tree(b, &b->spec->mounts[index])) {
		step->form = STEP_MOUNT_BIND;
		step->slot = b->mount_slots[index];
	} else {
		step->type = "cgroup2";
	}
}

static void add_mount(struct builder *b, size_t index)
{
	const struct spec_mount *mount = &b->spec->mounts[index];
	struct step *step;

	if (needs_tree(b, mount) && !b->mount_slots[index])
		open_source(b, index);
	step = plan_add(b, STEP_MOUNT, STEP_CHILD, where(b, index));
	step->mount.destination = mount->destination;
	step->mount.type = mount->type;
	step->mount.source = mount->source ? mount->source : mount->type;
	translate(mount, &step->mount);
	if (mount->remount) {
		step->mount.form = STEP_MOUNT_REMOUNT;
		step->mount.data = mount->data;
	} else if (mount->bind) {
		step->mount.form = STEP_MOUNT_BIND;
		step->mount.source = plan_path(b, mount->source);
		step->mount.slot = b->mount_slots[index];
	} else if (is_cgroup(mount)) {
		add_cgroup(b, &step->mount, index);
	} else {
		bool labelled =
			b->spec->linux_.mount_label && !is_type(mount, "proc") && !is_type(mount, "sysfs");

		step->mount.data = mount->data;
		step->mount.label = labelled ? b->spec->linux_.mount_label : NULL;
		step->mount.refuse_symlink = is_type(mount, "proc") || is_type(mount, "sysfs");
		/* A user namespace may mount sysfs only together with a network namespace of its own. */
		step->mount.fallback_bind = is_type(mount, "sysfs") && (b->new_user || b->joined_user);
	}
}

void plan_mount_add(struct builder *b)
{
	for (size_t i = 0; i < b->spec->mount_count; i++)
		add_mount(b, i);
}
