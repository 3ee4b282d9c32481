/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps of the file system say of themselves. */
#include <stdio.h>
#include <sys/mount.h>

#include "plan/show.h"
#include "plan/step.h"
#include "spec/names.h"

/* MS_* as the options that set them. */
static void show_super(struct show *show, uint64_t flags)
{
	struct show_list list;

	if (!flags)
		return;
	list = show_list_begin(show, "super", SHOW_KEY);
	for (size_t i = 0; i < spec_mount_option_count; i++) {
		const struct spec_mount_option *option = &spec_mount_options[i];

		if (option->kind == SPEC_OPTION_FLAG && option->set & flags) {
			show_list_item(&list, "%s", option->name);
			flags &= ~option->set;
		}
	}
	if (flags)
		show_list_item(&list, "0x%llx", (unsigned long long)flags);
	show_list_end(&list);
}

/* The access time is a field, replaced whole: its name is what replaces it. */
static void show_access_time(struct show_list *list, uint64_t *set, uint64_t *clear, const char *prefix)
{
	uint64_t mode = *set & MOUNT_ATTR__ATIME;

	if (!(*clear & MOUNT_ATTR__ATIME))
		return;
	show_list_item(list, "%s%s", prefix,
		       mode == MOUNT_ATTR_NOATIME       ? "noatime"
		       : mode == MOUNT_ATTR_STRICTATIME ? "strictatime"
							: "relatime");
	*set &= ~(uint64_t)MOUNT_ATTR__ATIME;
	*clear &= ~(uint64_t)MOUNT_ATTR__ATIME;
}

/* MOUNT_ATTR_*, set and cleared, as the options that do so: the table has them with an r, for recursive. */
static void show_attributes(struct show_list *list, uint64_t set, uint64_t clear, const char *prefix)
{
	show_access_time(list, &set, &clear, prefix);
	for (size_t i = 0; i < spec_mount_option_count; i++) {
		const struct spec_mount_option *option = &spec_mount_options[i];

		if (option->kind != SPEC_OPTION_RECURSIVE || option->clear & MOUNT_ATTR__ATIME)
			continue;
		if (option->set & set || option->clear & clear)
			show_list_item(list, "%s%s", prefix, option->name + 1);
		set &= ~option->set;
		clear &= ~option->clear;
	}
	if (set || clear)
		show_list_item(list, "%s0x%llx/0x%llx", prefix, (unsigned long long)set,
			       (unsigned long long)clear);
}

static void show_mount_options(struct show *show, const struct step_mount *mount)
{
	struct show_list list;

	if (!mount->attr_set && !mount->attr_clear && !mount->attr_set_recursive &&
	    !mount->attr_clear_recursive && !mount->propagation_count)
		return;
	list = show_list_begin(show, "options", SHOW_COMMAS);
	show_attributes(&list, mount->attr_set, mount->attr_clear, "");
	show_attributes(&list, mount->attr_set_recursive, mount->attr_clear_recursive, "r");
	for (size_t i = 0; i < mount->propagation_count; i++)
		show_list_item(&list, "%s", spec_names_of(&spec_names_propagation, mount->propagation[i]));
	show_list_end(&list);
}

static void show_hierarchies(struct show *show, const struct step_mount *mount)
{
	struct show_list list;

	if (mount->form != STEP_MOUNT_CGROUP_V1)
		return;
	list = show_list_begin(show, "hierarchies", SHOW_LINES);
	for (size_t i = 0; i < mount->hierarchy_count; i++) {
		const struct step_cgroup *cgroup = &mount->hierarchies[i];

		show_list_item(&list, "%s in %s%s%s%s", cgroup->path, cgroup->mountpoint,
			       cgroup->v2 ? " v2" : "", cgroup->controllers ? " " : "",
			       cgroup->controllers ? cgroup->controllers : "");
	}
	show_list_end(&list);
}

void show_step_mount(struct show *show, const struct step *step)
{
	static const char *const forms[] = {
		[STEP_MOUNT_NEW] = "new",
		[STEP_MOUNT_BIND] = "bind",
		[STEP_MOUNT_REMOUNT] = "remount",
		[STEP_MOUNT_CGROUP_V1] = "cgroup-v1",
	};
	const struct step_mount *mount = &step->mount;

	show_plain(show, "form", forms[mount->form]);
	show_plain(show, "source", mount->source);
	show_word(show, "on", "destination", mount->destination);
	show_word(show, "type", "type", mount->type);
	show_mount_options(show, mount);
	show_super(show, mount->super_flags);
	show_text(show, "data", mount->data);
	show_text(show, "label", mount->label);
	show_flag(show, "labelRoot", mount->label_root);
	show_slot(show, "slot", mount->slot);
	show_flag(show, "copyUp", mount->copy_up);
	show_flag(show, "copySymlink", mount->copy_symlink);
	show_flag(show, "destNofollow", mount->dest_nofollow);
	show_flag(show, "refuseSymlink", mount->refuse_symlink);
	show_flag(show, "cgroupReadOnly", mount->cgroup_ro);
	show_flag(show, "fallbackBind", mount->fallback_bind);
	show_hierarchies(show, mount);
}

void show_step_mask(struct show *show, const struct step *step)
{
	show_plain(show, "path", step->mask.path);
	show_text(show, "label", step->mask.label);
}

static void show_propagation(struct show *show, const char *key, uint64_t flags)
{
	if (flags)
		show_text(show, key, spec_names_of(&spec_names_propagation, flags));
}

void show_step_propagation(struct show *show, const struct step *step)
{
	show_plain(show, "propagation", spec_names_of(&spec_names_propagation, step->propagation.flags));
}

void show_step_tree(struct show *show, const struct step *step)
{
	show_plain(show, "source", step->tree.source);
	show_word(show, "else", "other", step->tree.other);
	show_flag(show, "recursive", step->tree.recursive);
	show_flag(show, "nofollow", step->tree.nofollow);
	show_slot(show, "slot", step->tree.slot);
}

void show_step_tree_idmap(struct show *show, const struct step *step)
{
	const struct step_tree_idmap *idmap = &step->tree_idmap;

	show_plain(show, "source", idmap->source);
	show_flag(show, "recursive", idmap->recursive);
	show_flag(show, "containerMaps", !idmap->uid.count);
	show_idmaps(show, "uid", &idmap->uid);
	show_idmaps(show, "gid", &idmap->gid);
	show_slot(show, "slot", idmap->slot);
}

void show_step_overlay(struct show *show, const struct step *step)
{
	const struct step_overlay *overlay = &step->overlay;

	show_strings(show, "lower", SHOW_KEY, &overlay->lower);
	show_text(show, "upper", overlay->upper);
	show_text(show, "work", overlay->work);
	show_flag(show, "temporary", !overlay->upper);
	show_slot(show, "slot", overlay->slot);
}

void show_step_root(struct show *show, const struct step *step)
{
	show_plain(show, "source", step->root.source);
	show_propagation(show, "propagation", step->root.propagation);
	show_slot(show, "slot", step->root.slot);
}

static void show_device_number(struct show *show, const struct step_device *device)
{
	char text[48];

	if (device->type == 'p')
		return;
	if (show->object) {
		show_i64(show, "major", device->major);
		show_i64(show, "minor", device->minor);
		return;
	}
	snprintf(text, sizeof(text), "%lld:%lld", (long long)device->major, (long long)device->minor);
	show_plain(show, "number", text);
}

void show_step_device(struct show *show, const struct step *step)
{
	const struct step_device *device = &step->device;
	const char type[2] = { device->type };

	show_plain(show, "path", device->path);
	show_plain(show, "type", type);
	show_device_number(show, device);
	show_octal(show, "mode", device->mode);
	show_u64(show, "uid", device->uid);
	show_u64(show, "gid", device->gid);
	show_flag(show, "bind", device->bind);
	show_slot(show, "slot", device->slot);
}

void show_step_link(struct show *show, const struct step *step)
{
	show_plain(show, "path", step->link.path);
	show_word(show, "->", "target", step->link.target);
	show_flag(show, "ifTargetExists", step->link.if_target_exists);
	show_flag(show, "replace", step->link.replace);
}

void show_step_console(struct show *show, const struct step *step)
{
	show_u64(show, "height", step->console.height);
	show_u64(show, "width", step->console.width);
	show_flag(show, "device", step->console.device);
}

void show_step_pivot(struct show *show, const struct step *step)
{
	show_word(show, "enter", "enter", step->pivot.enter);
	show_flag(show, "noPivot", step->pivot.no_pivot);
}
