/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "spec/read.h"
#include "spec/spec.h"
#include "spec/types.h"

static struct spec_idmaps copy_maps(struct arena *arena, const struct spec_idmaps *maps)
{
	struct spec_idmaps copy = { arena_array(arena, maps->count, sizeof(*copy.items)), maps->count };

	if (maps->count)
		memcpy(copy.items, maps->items, maps->count * sizeof(*copy.items));
	return copy;
}

/* "gid=5" of devpts, where 5 is no id in the container: mount(2) would answer EINVAL. */
static bool is_unmapped_owner(const struct spec *spec, const char *option)
{
	uint32_t id;

	if (!strncmp(option, "uid=", 4))
		return number_id(option + 4, &id) || !spec_idmaps_has(&spec->linux_.uid_mappings, id);
	if (!strncmp(option, "gid=", 4))
		return number_id(option + 4, &id) || !spec_idmaps_has(&spec->linux_.gid_mappings, id);
	return false;
}

static void rebuild(struct spec *spec, struct spec_mount *mount, const char *const *extra)
{
	struct spec_mount fresh = { .destination = mount->destination,
				    .type = mount->type,
				    .source = mount->source,
				    .uid_mappings = mount->uid_mappings,
				    .gid_mappings = mount->gid_mappings };

	for (; *extra; extra++)
		spec_add_string(spec->arena, &fresh.options, *extra);
	for (size_t i = 0; i < mount->options.count; i++)
		if (!is_unmapped_owner(spec, mount->options.items[i]))
			spec_add_string(spec->arena, &fresh.options, mount->options.items[i]);
	spec_mount_split(spec->arena, &fresh);
	/* "If mappings are given they MUST be used" (spec/mount.c). */
	fresh.idmap |= fresh.uid_mappings.count > 0;
	*mount = fresh;
}

/* A sysfs belongs to its network namespace's owner: with the host's network there is only the host's to bind.
 */
static void change_mount(struct spec *spec, struct spec_mount *mount)
{
	static const char *const none[] = { NULL }, *const bind[] = { "rbind", "rslave", "rro", NULL };

	if (mount->type && !strcmp(mount->type, "sysfs") && !spec->linux_.namespaces[SPEC_NS_NETWORK].given) {
		mount->type = "none";
		mount->source = "/sys";
		rebuild(spec, mount, bind);
	} else {
		rebuild(spec, mount, none);
	}
}

void spec_fit_mounts(struct spec *spec)
{
	for (size_t i = 0; i < spec->mount_count; i++)
		change_mount(spec, &spec->mounts[i]);
}

static struct spec_mount make_mount(struct spec *spec, const char *destination, const char *type,
				    const char *const *options)
{
	struct spec_mount mount = { .destination = destination, .type = type, .source = type };

	for (; *options; options++)
		spec_add_string(spec->arena, &mount.options, *options);
	spec_mount_split(spec->arena, &mount);
	return mount;
}

static bool has_mount(const struct spec *spec, const char *destination)
{
	for (size_t i = 0; i < spec->mount_count; i++)
		if (!strcmp(spec->mounts[i].destination, destination))
			return true;
	return false;
}

/*
 * The kernel takes no overlay over a directory with mounts of another user
 * namespace below it, and "/" always has some. In its place: the host's files
 * read-only with all that is mounted below, and the usual places to write empty.
 */
void spec_fit_root(struct spec *spec)
{
	static const char *const readonly[] = { "remount", "rro", NULL };
	static const char *const empty[] = { "nosuid", "nodev", "mode=1777", NULL };
	static const char *const writable[] = { "/tmp", "/run", "/var/tmp" };
	const struct spec_namespace *user = &spec->linux_.namespaces[SPEC_NS_USER];
	struct spec_mount *mounts;
	size_t count = 0;

	if (!user->given || user->path || !spec->own.layers.given || spec->own.layers.lower.count ||
	    spec->own.layers.upper || !spec->root.path || strcmp(spec->root.path, "/") != 0)
		return;
	spec->own.layers = (struct spec_layers){ 0 };
	mounts = arena_array(spec->arena, spec->mount_count + 1 + ARRAY_SIZE(writable), sizeof(*mounts));
	mounts[count++] = make_mount(spec, "/", "none", readonly);
	/* Before the others, which may stand on them. */
	for (size_t i = 0; i < ARRAY_SIZE(writable); i++)
		if (!has_mount(spec, writable[i]))
			mounts[count++] = make_mount(spec, writable[i], "tmpfs", empty);
	for (size_t i = 0; i < spec->mount_count; i++)
		mounts[count++] = spec->mounts[i];
	spec->mounts = mounts;
	spec->mount_count = count;
}

void spec_make_rootless(struct spec *spec, const struct spec_idmaps *uid, const struct spec_idmaps *gid)
{
	struct spec_namespace *user = &spec->linux_.namespaces[SPEC_NS_USER];
	struct spec_user *process = &spec->process.user;
	size_t kept = 0, last = 0;

	for (size_t i = 0; i < SPEC_NS_COUNT; i++)
		if (spec->linux_.namespaces[i].given)
			last++;
	if (!user->given)
		*user = (struct spec_namespace){ .given = true, .index = last };
	spec->linux_.given = true;
	spec->linux_.uid_mappings = copy_maps(spec->arena, uid);
	spec->linux_.gid_mappings = copy_maps(spec->arena, gid);
	spec->linux_.resources = (struct spec_resources){ 0 };
	spec->linux_.cgroups_path = NULL;
	spec_fit_mounts(spec);
	for (size_t i = 0; i < process->additional_gid_count; i++)
		if (spec_idmaps_has(gid, process->additional_gids[i]))
			process->additional_gids[kept++] = process->additional_gids[i];
	process->additional_gid_count = kept;
}
