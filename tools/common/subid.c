/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/number.h"
#include "common/subid.h"
#include "spec/types.h"

#define SUBUID "/etc/subuid"
#define SUBGID "/etc/subgid"
#define FILE_MAX (4u * 1024 * 1024)
#define RANGES_MAX 340 /* lines of a map: user_namespaces(7) */

/* The owner of both files' lines is a user, by name or by number. */
struct owner {
	char number[16];
	const char *name;
};

static struct owner find_owner(void)
{
	const struct passwd *entry = getpwuid(getuid());
	struct owner owner = { .name = entry ? entry->pw_name : NULL };

	snprintf(owner.number, sizeof(owner.number), "%u", (unsigned)getuid());
	return owner;
}

/* "OWNER:FIRST:COUNT"; the line is taken apart. False where it is another's, or not such a line. */
static bool read_line(char *line, const struct owner *owner, struct spec_idmap *range)
{
	char *first = strchr(line, ':'), *count = first ? strchr(first + 1, ':') : NULL;

	if (!count)
		return false;
	*first++ = '\0';
	*count++ = '\0';
	if (strcmp(line, owner->number) != 0 && (!owner->name || strcmp(line, owner->name) != 0))
		return false;
	return !number_id(first, &range->host_id) && !number_u32(count, &range->size) && range->size > 0;
}

/* Append the caller's ranges in `path` to the maps, the first at the container's id `next`. */
static int add_ranges(struct spec_idmaps *maps, const char *path, const struct owner *owner, struct err *err)
{
	uint64_t next = maps->count;
	auto_free char *text = NULL;
	size_t len;
	char *save = NULL;

	if (file_read_at(AT_FDCWD, path, FILE_MAX, &text, &len))
		return errno == ENOENT ? 0 : err_system(err, "open", "%s", path);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct spec_idmap range = { 0 };

		if (maps->count == RANGES_MAX || !read_line(line, owner, &range))
			continue;
		if (next + range.size > UINT32_MAX)
			break;
		range.container_id = (uint32_t)next;
		next += range.size;
		maps->items[maps->count++] = range;
	}
	return 0;
}

static void start_map(struct arena *arena, struct spec_idmaps *maps)
{
	*maps = (struct spec_idmaps){ arena_array(arena, RANGES_MAX, sizeof(*maps->items)), 0 };
}

int subid_map_caller(struct arena *arena, struct spec_idmaps *uid, struct spec_idmaps *gid, struct err *err)
{
	struct owner owner = find_owner();

	start_map(arena, uid);
	start_map(arena, gid);
	uid->items[uid->count++] = (struct spec_idmap){ 0, geteuid(), 1 };
	gid->items[gid->count++] = (struct spec_idmap){ 0, getegid(), 1 };
	return add_ranges(uid, SUBUID, &owner, err) || add_ranges(gid, SUBGID, &owner, err) ? -1 : 0;
}

static int no_range(const struct owner *owner, const char *path, struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "", "no subordinate ids for %.64s in %s",
		owner->name ? owner->name : owner->number, path);
	return err_hint(
		err,
		"add a line there (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %.64s), "
		"or say which ids: --userns 0:100000:65536",
		owner->name ? owner->name : owner->number);
}

int subid_map_subordinate(struct arena *arena, struct spec_idmaps *uid, struct spec_idmaps *gid,
			  struct err *err)
{
	struct owner owner = find_owner();

	start_map(arena, uid);
	start_map(arena, gid);
	if (add_ranges(uid, SUBUID, &owner, err) || add_ranges(gid, SUBGID, &owner, err))
		return -1;
	if (!uid->count)
		return no_range(&owner, SUBUID, err);
	return gid->count ? 0 : no_range(&owner, SUBGID, err);
}

static bool is_within(const struct spec_idmap *map, const struct spec_idmap *range)
{
	return map->host_id >= range->host_id && map->size <= range->size &&
	       map->host_id - range->host_id <= range->size - map->size;
}

int subid_find_refused(const struct spec_idmaps *maps, bool groups, size_t *place, struct err *err)
{
	struct arena *arena = arena_new();
	struct owner owner = find_owner();
	struct spec_idmaps allowed;
	int ret;

	start_map(arena, &allowed);
	allowed.items[allowed.count++] = (struct spec_idmap){ 0, groups ? getegid() : geteuid(), 1 };
	ret = add_ranges(&allowed, groups ? SUBGID : SUBUID, &owner, err);
	for (*place = 0; !ret && *place < maps->count; ++*place) {
		size_t i = 0;

		while (i < allowed.count && !is_within(&maps->items[*place], &allowed.items[i]))
			i++;
		if (i == allowed.count)
			break;
	}
	arena_free(arena);
	return ret;
}
