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

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256 /* Linux 5.10 */
#endif
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
	if (mount->bind)
		step->super_flags = 0;
	else if (mount->flags & MS_RDONLY && mount->source && mount->source[0] == '/')
		step->super_flags |= MS_RDONLY;
	step->propagation = mount->propagation;
	step->propagation_count = mount->propagation_count;
	step->copy_up = mount->copy_up;
	step->copy_symlink = mount->copy_symlink;
	step->dest_nofollow = mount->dest_nofollow;
}

/* No file system is mounted: what is there is changed. An entry with nothing but a propagation does so too.
 */
static bool is_change(const struct spec_mount *mount)
{
	return mount->remount || (!mount->bind && !mount->type && mount->propagation_count);
}

static bool is_type(const struct spec_mount *mount, const char *type)
{
	return !mount->bind && !mount->remount && mount->type && !strcmp(mount->type, type);
}

static bool needs_tree(const struct spec_mount *mount)
{
	return mount->bind && !mount->remount;
}

/* What this kernel's mount_setattr(2) does not know would else be found out by the child. */
static int check_kernel(struct builder *b, const struct spec_mount *mount, size_t index)
{
	const struct host *host = b->host;
	bool recursive = mount->attr_set_recursive || mount->attr_clear_recursive;
	bool nosymfollow =
		mount->flags & MS_NOSYMFOLLOW || mount->attr_set_recursive & MOUNT_ATTR_NOSYMFOLLOW;

	if (recursive && mount->bind && !host->has_mount_setattr)
		return plan_unsupported(b, where(b, index),
					"recursive mount options need Linux 5.12, this is %u.%u",
					host->kernel_major, host->kernel_minor);
	if (nosymfollow && host->kernel_major == 5 && host->kernel_minor < 14)
		return plan_unsupported(b, where(b, index), "nosymfollow needs Linux 5.14, this is %u.%u",
					host->kernel_major, host->kernel_minor);
	return 0;
}

static bool is_cgroup(const struct spec_mount *mount)
{
	return is_type(mount, "cgroup") || is_type(mount, "cgroup2");
}

static int check_idmap(struct builder *b, const struct spec_mount *mount, size_t index)
{
	if (!mount->idmap && !mount->uid_mappings.count)
		return 0;
	if (!needs_tree(mount))
		return plan_refuse(b, where(b, index), "idmap goes with bind mounts alone");
	if (!mount->uid_mappings.count && !b->new_user)
		return plan_refuse(b, where(b, index),
				   "idmap without uidMappings needs a new user namespace to take them from");
	if (!b->host->has_idmapped_mounts)
		return plan_unsupported(b, where(b, index), "idmapped mounts need Linux 5.12, this is %u.%u",
					b->host->kernel_major, b->host->kernel_minor);
	if (b->host->lacks_detached_mounts)
		return plan_unsupported(b, where(b, index),
					"idmapped mounts need open_tree, which a seccomp filter refuses here");
	if (!b->host->privileged)
		return plan_unsupported(b, where(b, index), "idmapped mounts need root on the host");
	return 0;
}

static void open_source(struct builder *b, size_t index)
{
	const struct spec_mount *mount = &b->spec->mounts[index];
	struct step *step = plan_add(b, STEP_TREE_OPEN, plan_opener(b), where(b, index));

	step->tree.source = plan_path(b, mount->source);
	step->tree.recursive = mount->recursive;
	step->tree.nofollow = mount->src_nofollow || mount->copy_symlink;
	step->tree.slot = b->mount_slots[index] = ++b->plan->slot_count;
}

int plan_mount_open(struct builder *b)
{
	const struct spec *spec = b->spec;

	b->mount_slots = arena_array(b->arena, spec->mount_count, sizeof(*b->mount_slots));
	for (size_t i = 0; i < spec->mount_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];

		if (check_kernel(b, mount, i) || check_idmap(b, mount, i) ||
		    (is_cgroup(mount) && plan_cgroup_mount_check(b, mount, where(b, i))))
			return -1;
		if (needs_tree(mount) && plan_opener(b) == STEP_PARENT)
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
							     .source = plan_path(b, mount->source),
							     .recursive = mount->idmap_recursive,
							     .uid = mount->uid_mappings,
							     .gid = mount->gid_mappings };
	}
}

/*
 * File systems of which the kernel has one, which the host uses too (and proc, whose files the policy tells
 * apart): a context= is refused, or would be the host's.
 */
static bool is_kernels_own(const struct spec_mount *mount)
{
	static const char *const types[] = { "proc", "sysfs", "devtmpfs", "securityfs", "debugfs", "tracefs",
					     "configfs", "selinuxfs", "pstore", "efivarfs", "fusectl", "binfmt_misc" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (is_type(mount, types[i]))
			return true;
	return false;
}

/* Its own options say what label its files have. */
static bool has_context(const char *data)
{
	return data && (strncmp(data, "context=", 8) == 0 || strstr(data, ",context="));
}

/*
 * mqueue's one file system is made together with the ipc namespace: where that is new its root
 * gets the label, and what is made in it inherits that; another's is not ours to change.
 */
static void describe_label(const struct builder *b, const struct spec_mount *mount, struct step_mount *step)
{
	const char *label = b->spec->linux_.mount_label;
	bool is_mqueue = is_type(mount, "mqueue");

	if (!label || is_kernels_own(mount) || has_context(mount->data) ||
	    (is_mqueue && !plan_namespace_is_new(b, SPEC_NS_IPC)))
		return;
	step->label = label;
	step->label_root = is_mqueue;
}

static void describe_new(const struct builder *b, const struct spec_mount *mount, struct step_mount *step)
{
	bool kernel_files = is_type(mount, "proc") || is_type(mount, "sysfs");

	step->data = mount->data;
	describe_label(b, mount, step);
	step->refuse_symlink = kernel_files;
	/* A user namespace may mount sysfs only together with a network namespace of its own. */
	step->fallback_bind = is_type(mount, "sysfs") && (b->new_user || b->joined_user);
}

static void describe_bind(struct builder *b, const struct spec_mount *mount, struct step_mount *step,
			  size_t index)
{
	step->form = STEP_MOUNT_BIND;
	step->source = plan_path(b, mount->source);
	step->slot = b->mount_slots[index];
}

static void add_mount(struct builder *b, size_t index)
{
	const struct spec_mount *mount = &b->spec->mounts[index];
	step_slot slot = 0;
	struct step *step;

	if (needs_tree(mount) && !b->mount_slots[index])
		open_source(b, index);
	if (is_cgroup(mount))
		slot = plan_cgroup_mount_open(b, mount, where(b, index));
	step = plan_add(b, STEP_MOUNT, STEP_CHILD, where(b, index));
	step->mount.destination = mount->destination;
	step->mount.type = mount->type;
	step->mount.source = mount->source ? mount->source : mount->type;
	translate(mount, &step->mount);
	if (is_change(mount)) {
		step->mount.form = STEP_MOUNT_REMOUNT;
		step->mount.data = mount->bind ? NULL : mount->data;
	} else if (mount->bind) {
		describe_bind(b, mount, &step->mount, index);
	} else if (is_cgroup(mount)) {
		plan_cgroup_mount_describe(b, mount, slot, &step->mount);
	} else {
		describe_new(b, mount, &step->mount);
	}
}

void plan_mount_add(struct builder *b)
{
	for (size_t i = 0; i < b->spec->mount_count; i++)
		add_mount(b, i);
}
