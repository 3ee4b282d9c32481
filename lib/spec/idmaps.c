/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uidMappings and gidMappings: user_namespaces(7), OCI config-linux.md "User namespace mappings". */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "spec/read.h"
#include "spec/spec.h"
#include "spec/types.h"

#define MAP_LINES_MAX 340 /* the kernel's limit since Linux 4.15 */

static bool overlap(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
	return a < (uint64_t)b + b_size && b < (uint64_t)a + a_size;
}

static int read_idmap(struct reader *r, const struct json_at *at, struct spec_idmap *map)
{
	if (json_read_object(at, r->err) || spec_read_required(r, at, "containerID") ||
	    spec_read_required(r, at, "hostID") || spec_read_required(r, at, "size") ||
	    spec_read_id(r, at, "containerID", &map->container_id) ||
	    spec_read_id(r, at, "hostID", &map->host_id) || spec_read_u32(r, at, "size", &map->size) ||
	    spec_read_end(r, at))
		return -1;
	if (!map->size)
		return json_error(at, r->err, "a mapping of size 0");
	if ((uint64_t)map->container_id + map->size > UINT32_MAX ||
	    (uint64_t)map->host_id + map->size > UINT32_MAX)
		return json_error(at, r->err, "the mapping goes beyond the last id, 4294967294");
	return 0;
}

static int check_overlap(struct reader *r, const struct json_at *at, const struct spec_idmaps *maps)
{
	const struct spec_idmap *new = &maps->items[maps->count];

	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_idmap *old = &maps->items[i];

		if (overlap(new->container_id, new->size, old->container_id, old->size))
			return json_error(at, r->err, "container ids overlap with those of mapping %zu", i);
		if (overlap(new->host_id, new->size, old->host_id, old->size))
			return json_error(at, r->err, "host ids overlap with those of mapping %zu", i);
	}
	return 0;
}

int spec_read_idmaps(struct reader *r, const struct json_at *at, const char *key, struct spec_idmaps *value)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, key, &array))
		return -1;
	if (json_count(&array) > MAP_LINES_MAX)
		return json_error(&array, r->err, "expected at most %d mappings, found %zu", MAP_LINES_MAX,
				  json_count(&array));
	value->items = arena_array(r->arena, json_count(&array), sizeof(*value->items));
	while (json_next(&array, &item)) {
		if (read_idmap(r, &item, &value->items[value->count]) || check_overlap(r, &item, value))
			return -1;
		value->count++;
	}
	return 0;
}

bool spec_idmaps_has(const struct spec_idmaps *maps, uint32_t id)
{
	for (size_t i = 0; i < maps->count; i++)
		if (id >= maps->items[i].container_id &&
		    id - maps->items[i].container_id < maps->items[i].size)
			return true;
	return false;
}
