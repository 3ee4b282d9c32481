/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Default devices and links (config-linux.md, "Default Devices"; runtime-linux.md), and linux.devices. */
#include <string.h>

#include "base/arena.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static const struct spec_device defaults[] = {
	{ .type = 'c', .path = "/dev/null", .major = 1, .minor = 3, .file_mode = 0666 },
	{ .type = 'c', .path = "/dev/zero", .major = 1, .minor = 5, .file_mode = 0666 },
	{ .type = 'c', .path = "/dev/full", .major = 1, .minor = 7, .file_mode = 0666 },
	{ .type = 'c', .path = "/dev/random", .major = 1, .minor = 8, .file_mode = 0666 },
	{ .type = 'c', .path = "/dev/urandom", .major = 1, .minor = 9, .file_mode = 0666 },
	{ .type = 'c', .path = "/dev/tty", .major = 5, .minor = 0, .file_mode = 0666 },
};
#define DEFAULT_COUNT (sizeof(defaults) / sizeof(defaults[0]))

static const struct step_link links[] = {
	{ .path = "/dev/fd", .target = "/proc/self/fd", .if_target_exists = true },
	{ .path = "/dev/stdin", .target = "/proc/self/fd/0", .if_target_exists = true },
	{ .path = "/dev/stdout", .target = "/proc/self/fd/1", .if_target_exists = true },
	{ .path = "/dev/stderr", .target = "/proc/self/fd/2", .if_target_exists = true },
	{ .path = "/dev/core", .target = "/proc/kcore", .if_target_exists = true },
	{ .path = "/dev/ptmx", .target = "pts/ptmx", .replace = true },
};

/* The last mount on a path, if it is a bind: then what is there is the user's. */
static bool is_bound(const struct builder *b, const char *path)
{
	bool bound = false;

	for (size_t i = 0; i < b->spec->mount_count; i++)
		if (!strcmp(b->spec->mounts[i].destination, path) && !b->spec->mounts[i].remount)
			bound = b->spec->mounts[i].bind;
	return bound;
}

/* mknod makes no device nodes in a user namespace, and none without CAP_MKNOD. */
static bool binds(const struct builder *b, const struct spec_device *device)
{
	return device->type != 'p' && (b->new_user || b->joined_user || !b->host->cap_mknod);
}

/* A default that the spec's own list or a mount names again is theirs. */
static bool is_named(const struct builder *b, const char *path)
{
	for (size_t i = 0; i < b->spec->linux_.device_count; i++)
		if (!strcmp(b->spec->linux_.devices[i].path, path))
			return true;
	for (size_t i = 0; i < b->spec->mount_count; i++)
		if (!strcmp(b->spec->mounts[i].destination, path))
			return true;
	return false;
}

static size_t device_count(const struct builder *b)
{
	return DEFAULT_COUNT + b->spec->linux_.device_count;
}

/* The index-th of the defaults and the spec's; NULL: it is not to be made. */
static const struct spec_device *device_at(const struct builder *b, size_t index)
{
	if (index >= DEFAULT_COUNT)
		return &b->spec->linux_.devices[index - DEFAULT_COUNT];
	if (is_bound(b, "/dev") || is_named(b, defaults[index].path))
		return NULL;
	return &defaults[index];
}

static const char *where(struct builder *b, size_t index)
{
	return index < DEFAULT_COUNT ? "" : plan_text(b, "/linux/devices/%zu", index - DEFAULT_COUNT);
}

void plan_device_open(struct builder *b)
{
	b->device_slots = arena_array(b->arena, device_count(b), sizeof(*b->device_slots));
	if (plan_namespace_is_joined(b, SPEC_NS_MOUNT))
		return;
	for (size_t i = 0; i < device_count(b); i++) {
		const struct spec_device *device = device_at(b, i);
		struct step *step;

		if (!device || !binds(b, device) || plan_opener(b) != STEP_PARENT)
			continue;
		step = plan_add(b, STEP_TREE_OPEN, STEP_PARENT, where(b, i));
		step->tree.source = device->path;
		step->tree.slot = b->device_slots[i] = ++b->plan->slot_count;
	}
}

static int check_device(struct builder *b, const struct spec_device *device, const char *pointer)
{
	if (device->type == 'p' || device->major >= 0)
		return 0;
	return plan_refuse(b, pointer, "a device needs major and minor");
}

static void add_device(struct builder *b, const struct spec_device *device, size_t index)
{
	struct step *step = plan_add(b, STEP_DEVICE, STEP_CHILD, where(b, index));

	step->device = (struct step_device){ .path = device->path,
					     .type = device->type,
					     .major = device->major,
					     .minor = device->minor,
					     .uid = device->uid,
					     .gid = device->gid,
					     .bind = binds(b, device),
					     .slot = b->device_slots[index] };
	if (step->device.bind && (device->has_file_mode || device->has_uid || device->has_gid))
		plan_warn(b, where(b, index), "%s is the host's, bound: its mode and owner stay as they are",
			  device->path);
	step->device.mode = device->has_file_mode || index < DEFAULT_COUNT ? device->file_mode : 0666;
}

static void add_links(struct builder *b)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (!is_named(b, links[i].path))
			plan_add(b, STEP_LINK, STEP_CHILD, "")->link = links[i];
}

int plan_device_add(struct builder *b)
{
	for (size_t i = 0; i < device_count(b); i++) {
		const struct spec_device *device = device_at(b, i);

		if (!device)
			continue;
		if (check_device(b, device, where(b, i)))
			return -1;
		add_device(b, device, i);
	}
	if (!is_bound(b, "/dev"))
		add_links(b);
	return 0;
}
