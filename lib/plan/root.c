/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container's root, and what is done below it in which order. */
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static bool is_overlay(const struct builder *b)
{
	return b->spec->own.layers.given;
}

/* nsinit.root: the layers named, topmost first, and root.path below them all. */
static void open_overlay(struct builder *b, int side)
{
	const struct spec_layers *layers = &b->spec->own.layers;
	size_t count = layers->lower.count + (b->spec->root.path ? 1 : 0), n = 0;
	const char **lower = arena_array(b->arena, count + 1, sizeof(*lower));
	struct step *step = plan_add(b, STEP_OVERLAY_OPEN, side, "/nsinit/root");

	for (size_t i = 0; i < layers->lower.count; i++)
		lower[n++] = plan_path(b, layers->lower.items[i]);
	if (b->spec->root.path)
		lower[n++] = plan_path(b, b->spec->root.path);
	step->overlay.lower = (struct spec_strings){ .items = lower, .count = n, .given = true };
	step->overlay.upper = layers->upper ? plan_path(b, layers->upper) : NULL;
	step->overlay.work = layers->work ? plan_path(b, layers->work) : NULL;
	step->overlay.slot = b->root_slot;
}

static void open_directory(struct builder *b, int side)
{
	struct step *step = plan_add(b, STEP_TREE_OPEN, side, "/root/path");

	step->tree.source = plan_path(b, b->spec->root.path);
	step->tree.recursive = true;
	step->tree.slot = b->root_slot;
}

static void open_root(struct builder *b, int side)
{
	b->root_slot = ++b->plan->slot_count;
	if (is_overlay(b))
		open_overlay(b, side);
	else
		open_directory(b, side);
}

int plan_root_open(struct builder *b)
{
	if (!b->spec->root.path && !is_overlay(b))
		return plan_refuse(b, "/root/path", "expected the path of a directory");
	/*
	 * The tmpfs of an overlay without an upper is mounted for a moment while
	 * it is put together (before Linux 6.15): only in the child's own namespace.
	 */
	if (plan_opener(b) == STEP_PARENT && !plan_namespace_is_joined(b, SPEC_NS_MOUNT) &&
	    !(is_overlay(b) && !b->spec->own.layers.upper))
		open_root(b, STEP_PARENT);
	return 0;
}

static void attach_root(struct builder *b)
{
	uint64_t wanted = b->spec->linux_.rootfs_propagation;
	struct step *step;

	/* Whatever the root is to be: nothing mounted in the container may show on the host. */
	step = plan_add(b, STEP_ROOT_PROPAGATION, STEP_CHILD, wanted ? "/linux/rootfsPropagation" : "");
	step->propagation.flags = wanted & MS_PRIVATE ? MS_PRIVATE | MS_REC : MS_SLAVE | MS_REC;
	if (!b->root_slot)
		open_root(b, STEP_CHILD);
	step = plan_add(b, STEP_ROOT_ATTACH, STEP_CHILD, is_overlay(b) ? "/nsinit/root" : "/root/path");
	step->root.slot = b->root_slot;
	step->root.source = is_overlay(b) ? NULL : plan_path(b, b->spec->root.path);
	step->root.propagation = wanted;
}

static void add_console(struct builder *b)
{
	const struct spec_process *process = b->process;
	struct step *step;

	if (!process->given || !process->terminal)
		return;
	step = plan_add(b, STEP_CONSOLE, STEP_CHILD, "/process/terminal");
	step->console.height = process->has_console_size ? process->console_height : 0;
	step->console.width = process->has_console_size ? process->console_width : 0;
	step->console.device = !plan_namespace_is_joined(b, SPEC_NS_MOUNT);
}

static void add_paths(struct builder *b)
{
	const struct spec_linux *l = &b->spec->linux_;

	for (size_t i = 0; i < l->masked_paths.count; i++)
		plan_add(b, STEP_MASK, STEP_CHILD, plan_text(b, "/linux/maskedPaths/%zu", i))->mask =
			(struct step_mask){ .path = l->masked_paths.items[i], .label = l->mount_label };
	for (size_t i = 0; i < l->readonly_paths.count; i++)
		plan_add(b, STEP_READONLY_PATH, STEP_CHILD, plan_text(b, "/linux/readonlyPaths/%zu", i))
			->text = l->readonly_paths.items[i];
}

int plan_root_build(struct builder *b)
{
	if (plan_namespace_is_joined(b, SPEC_NS_MOUNT)) {
		add_console(b);
		return 0;
	}
	attach_root(b);
	plan_mount_add(b);
	if (plan_device_add(b))
		return -1;
	add_console(b);
	add_paths(b);
	return 0;
}

/* While the root can still be written. In a mount namespace that is joined nothing is made. */
static void add_cwd(struct builder *b)
{
	const struct spec_process *process = b->process;

	if (process->given && strcmp(process->cwd, "/") != 0 && !plan_namespace_is_joined(b, SPEC_NS_MOUNT))
		plan_add(b, STEP_CWD_CREATE, STEP_CHILD, "/process/cwd")->text = process->cwd;
}

void plan_root_finish(struct builder *b)
{
	struct step *step;

	add_cwd(b);
	if (b->spec->root.readonly)
		plan_add(b, STEP_ROOT_READONLY, STEP_CHILD, "/root/readonly");
	step = plan_add(b, STEP_PIVOT, STEP_CHILD, "/root/path");
	if (plan_namespace_is_joined(b, SPEC_NS_MOUNT))
		step->pivot.enter = plan_path(b, b->spec->root.path);
	else
		step->pivot.no_pivot = b->request->no_pivot;
}
