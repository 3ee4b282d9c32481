/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file system's steps. All below the root's fd. */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/constants.h"
#include "kern/device.h"
#include "kern/limits.h"
#include "kern/mask.h"
#include "kern/mount.h"
#include "kern/mount_special.h"
#include "kern/mount_stage.h"
#include "kern/path.h"
#include "kern/root.h"
#include "kern/terminal.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/channel.h"
#include "run/engine.h"
#include "run/perform.h"

/* What a start opens on its way to pivot_root and leaves open until then has numbers below this. */
#define LEAVE_BELOW 64

int perform_root_propagation(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	if (kern_root_propagation(step->propagation.flags, err))
		return -1;
	kern_mount_stage_allow();
	return 0;
}

int perform_tree_open(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_tree *tree = &step->tree;
	unsigned flags = (tree->recursive ? KERN_TREE_RECURSIVE : 0) | (tree->nofollow ? KERN_TREE_NOFOLLOW : 0);

	const char *source = tree->other && access(tree->source, F_OK) ? tree->other : tree->source;

	engine->slots[tree->slot] = kern_mount_tree_open(AT_FDCWD, source, flags, err);
	return engine->slots[tree->slot] < 0 ? -1 : 0;
}

int perform_overlay_open(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_overlay *overlay = &step->overlay;

	engine->slots[overlay->slot] =
		kern_mount_overlay(overlay->lower.items, overlay->upper, overlay->work, err);
	return engine->slots[overlay->slot] < 0 ? -1 : 0;
}

int perform_root_attach(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_root *root = &step->root;
	uint64_t soft, hard;

	/* Until pivot_root, where they go together, and as far as there is room for them. */
	if (kern_limits_get(0, RLIMIT_NOFILE, &soft, &hard, err))
		return -1;
	cleanup_leave_below = soft < LEAVE_BELOW * 4 ? (int)soft / 4 : LEAVE_BELOW;
	engine->root = take_fd(&engine->slots[root->slot]);
	engine->root_propagation = root->propagation;
	return kern_root_attach(engine->root, root->source, (root->propagation & MS_SHARED) != 0, err);
}

/* "shared": what is mounted there later is to be seen on the host too (Kubernetes' Bidirectional). */
static bool asks_shared(const struct step_mount *mount)
{
	for (size_t i = 0; i < mount->propagation_count; i++)
		if (mount->propagation[i] & MS_SHARED)
			return true;
	return false;
}

static struct kern_mount_attr mount_attr(const struct step_mount *mount)
{
	uint64_t read_only = mount->cgroup_ro ? MOUNT_ATTR_RDONLY : 0;

	return (struct kern_mount_attr){ .set = mount->attr_set | read_only,
					 .clear = mount->attr_clear & ~read_only,
					 .set_recursive = mount->attr_set_recursive,
					 .clear_recursive = mount->attr_clear_recursive & ~read_only,
					 .propagation = mount->propagation,
					 .propagation_count = mount->propagation_count,
					 .keep_peers = asks_shared(mount) };
}

static unsigned mount_flags(const struct step_mount *mount)
{
	return (mount->refuse_symlink ? KERN_MOUNT_REFUSE_SYMLINK : 0) |
	       (mount->dest_nofollow ? KERN_MOUNT_NOFOLLOW : 0) | (mount->copy_up ? KERN_MOUNT_COPY_UP : 0) |
	       (mount->copy_symlink ? KERN_MOUNT_COPY_SYMLINK : 0) |
	       (mount->label_root ? KERN_MOUNT_LABEL_ROOT : 0) |
	       (mount->fallback_bind ? KERN_MOUNT_SYS_BIND : 0);
}

static int mount_cgroup_v1(struct engine *engine, const struct step_mount *mount, struct err *err)
{
	struct kern_cgroup_bind binds[KERN_CGROUP_HIERARCHIES_MAX];
	struct kern_mount_attr attr = mount_attr(mount);
	struct kern_cgroup_binds all = { .items = binds, .attr = &attr };

	for (size_t i = 0; i < mount->hierarchy_count && i < ARRAY_SIZE(binds); i++)
		binds[all.count++] = (struct kern_cgroup_bind){ .mountpoint = mount->hierarchies[i].mountpoint,
								.path = mount->hierarchies[i].path,
								.other_path = mount->hierarchies[i].own,
								.controllers = mount->hierarchies[i].controllers,
								.v2 = mount->hierarchies[i].v2 };
	return kern_mount_cgroup_v1(engine->root, mount->destination, &all, err);
}

int perform_mount(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_mount *mount = &step->mount;
	struct kern_fs fs = { .type = mount->type, .source = mount->source, .data = mount->data,
			      .label = mount->label, .super_flags = mount->super_flags };
	struct kern_mount what = { .destination = mount->destination, .tree = -1,
				   .flags = mount_flags(mount), .attr = mount_attr(mount) };
	bool change_super = mount->data || mount->super_flags;

	if (mount->form != STEP_MOUNT_NEW)
		kern_parent_close(engine->parent);
	switch (mount->form) {
	case STEP_MOUNT_NEW:
		what.fs = &fs;
		what.beside = engine->parent;
		return kern_mount_at(engine->root, &what, err);
	case STEP_MOUNT_BIND:
		what.tree = engine->slots[mount->slot];
		if (kern_mount_at(engine->root, &what, err))
			return -1;
		close_keep_errno(take_fd(&engine->slots[mount->slot]));
		return 0;
	case STEP_MOUNT_REMOUNT:
		return kern_mount_remount(engine->root, mount->destination, change_super ? &fs : NULL,
					  &what.attr, err);
	default:
		return mount_cgroup_v1(engine, mount, err);
	}
}

static mode_t device_type(char type)
{
	return type == 'b' ? S_IFBLK : type == 'p' ? S_IFIFO : S_IFCHR;
}

int perform_device(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_device *device = &step->device;
	struct kern_device node = { .path = device->path, .mode = device_type(device->type) | device->mode,
				    .major = (uint32_t)device->major, .minor = (uint32_t)device->minor,
				    .uid = device->uid, .gid = device->gid };

	if (!device->bind)
		return kern_device_make(engine->parent, engine->root, &node, err);
	kern_parent_close(engine->parent);
	return kern_device_bind(engine->root, &node, device->slot ? engine->slots[device->slot] : -1, err);
}

int perform_link(struct engine *engine, const struct step *step, struct err *err)
{
	struct kern_link link = { .path = step->link.path, .target = step->link.target,
				  .flags = (step->link.if_target_exists ? KERN_LINK_IF_TARGET : 0) |
					   (step->link.replace ? KERN_LINK_REPLACE : 0) };

	return kern_device_link(engine->parent, engine->root, &link, err);
}

/* The master goes to the console socket, or to the runtime that waits in the foreground. */
static int give_master(struct engine *engine, int master, struct err *err)
{
	if (engine->console >= 0)
		return kern_terminal_send_fd(engine->console, master, "/dev/ptmx", err);
	return channel_send_fd(engine->channel, CHANNEL_FD, master, err);
}

/*
 * In the foreground the caller's terminal shows it, whatever size the spec
 * asks for; before the program runs, which may look only once.
 */
static int set_size(const struct engine *engine, const struct step *step, int slave, struct err *err)
{
	int shown = engine->console < 0 ? kern_terminal_find() : -1;

	if (kern_terminal_set_size(slave, step->console.height, step->console.width, err))
		return -1;
	return shown < 0 ? 0 : kern_terminal_copy_size(shown, slave, err);
}

int perform_console(struct engine *engine, const struct step *step, struct err *err)
{
	const struct spec_user *user = &engine->spec->process.user;
	auto_close int master = -1, slave = -1;

	kern_parent_close(engine->parent);
	/* A process in the host's mount namespace has no devpts of its own. */
	if (kern_terminal_open(engine->root, &master, &slave, err) ||
	    set_size(engine, step, slave, err) ||
	    (user->uid != 0 && kern_terminal_chown(slave, user->uid, (uint32_t)-1, err)) ||
	    (step->console.device && kern_terminal_bind_console(engine->root, slave, err)) ||
	    give_master(engine, master, err))
		return -1;
	return kern_terminal_take(slave, err);
}

int perform_mask(struct engine *engine, const struct step *step, struct err *err)
{
	kern_parent_close(engine->parent);
	engine->masks->label = step->mask.label;
	if (engine->masks->null < 0 && kern_mask_open(engine->masks, err))
		return -1;
	return kern_mask_path(engine->masks, engine->root, step->mask.path, err);
}

int perform_readonly_path(struct engine *engine, const struct step *step, struct err *err)
{
	kern_parent_close(engine->parent);
	return kern_mask_readonly(engine->root, step->text, err);
}

/* One that is not there and cannot be made is for chdir to tell: as the user, who may see what root may not. */
int perform_cwd_create(struct engine *engine, const struct step *step, struct err *err)
{
	struct err refused = { 0 };
	auto_close int made = kern_path_make(engine->root, step->text, 0, NULL, &refused);

	(void)err;
	if (made < 0)
		engine->cwd_errnum = refused.errnum;
	return 0;
}

int perform_root_readonly(struct engine *engine, const struct step *step, struct err *err)
{
	(void)step;
	return kern_root_readonly(engine->root, err);
}

int perform_pivot(struct engine *engine, const struct step *step, struct err *err)
{
	kern_parent_close(engine->parent);
	kern_mask_close(engine->masks);
	if (step->pivot.enter)
		return kern_root_enter(step->pivot.enter, err);
	if (kern_root_pivot(engine->root, step->pivot.no_pivot, err))
		return -1;
	/* A working directory of /proc/self/fd/N must lead nowhere, be it into the container (security.md, F3). */
	cleanup_leave_below = 0;
	perform_close_unneeded(engine, true);
	return engine->root_propagation ? kern_root_propagation(engine->root_propagation, err) : 0;
}
