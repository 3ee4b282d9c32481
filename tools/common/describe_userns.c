/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --userns, --uid-map, --gid-map. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "common/subid.h"
#include "spec/spec.h"
#include "spec/types.h"

/* "CONTAINER:HOST:SIZE"; the text is taken apart. */
static bool read_map(char *text, struct spec_idmap *map)
{
	char *rest = text, *container = strsep(&rest, ":"), *host = strsep(&rest, ":");

	return host && rest && !number_id(container, &map->container_id) && !number_id(host, &map->host_id) &&
	       !number_u32(rest, &map->size) && map->size > 0 &&
	       map->size - 1 <= UINT32_MAX - 1 - map->container_id &&
	       map->size - 1 <= UINT32_MAX - 1 - map->host_id;
}

static int add_maps(struct arena *arena, struct spec_idmaps *maps, const char *option, const char *text,
		    struct err *err)
{
	auto_free char *copy = memory_strdup(text);
	char *rest = copy, *word;

	while ((word = strsep(&rest, ","))) {
		struct spec_idmap map;

		if (!read_map(word, &map))
			return describe_expected(
				err, option, text, "CONTAINER:HOST:SIZE in numbers%s",
				strcmp(option, "--userns") ? "" : ", auto, host or the path of a namespace");
		maps->items = describe_grow(arena, maps->items, maps->count, sizeof(map));
		maps->items[maps->count++] = map;
	}
	return 0;
}

static int set_userns(struct spec *spec, const char *text, struct err *err)
{
	struct spec_linux *linux_ = &spec->linux_;
	struct spec_idmaps *uid = &linux_->uid_mappings, *gid = &linux_->gid_mappings;

	*uid = *gid = (struct spec_idmaps){ 0 };
	if (!strcmp(text, "host")) {
		linux_->namespaces[SPEC_NS_USER] = (struct spec_namespace){ 0 };
		return 0;
	}
	describe_add_namespace(spec, SPEC_NS_USER, text[0] == '/' ? arena_strdup(spec->arena, text) : NULL);
	if (text[0] == '/')
		return 0;
	/* "true" is --userns alone. */
	if (!strcmp(text, "auto") || !strcmp(text, "true"))
		return geteuid() ? subid_map_caller(spec->arena, uid, gid, err)
				 : subid_map_subordinate(spec->arena, uid, gid, err);
	if (add_maps(spec->arena, uid, "--userns", text, err))
		return -1;
	*gid = *uid;
	return 0;
}

static int set_maps(struct spec *spec, struct spec_idmaps *maps, const char *option,
		    const struct option_texts *texts, struct err *err)
{
	if (!texts->count)
		return 0;
	*maps = (struct spec_idmaps){ 0 };
	describe_add_namespace(spec, SPEC_NS_USER, NULL);
	for (size_t i = 0; i < texts->count; i++)
		if (add_maps(spec->arena, maps, option, texts->items[i], err))
			return -1;
	return 0;
}

int describe_apply_userns(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_linux *linux_ = &spec->linux_;
	const struct spec_namespace *user = &linux_->namespaces[SPEC_NS_USER];
	bool uid_given = d->uid_maps.count, gid_given = d->gid_maps.count;

	if (d->userns && set_userns(spec, d->userns, err))
		return -1;
	if ((uid_given || gid_given) && d->userns && (user->path || !user->given)) {
		return err_set(err, ERR_USAGE, "", "--userns %.200s does not go with %s", d->userns,
			       uid_given ? "--uid-map" : "--gid-map");
	}
	if (set_maps(spec, &linux_->uid_mappings, "--uid-map", &d->uid_maps, err) ||
	    set_maps(spec, &linux_->gid_mappings, "--gid-map", &d->gid_maps, err))
		return -1;
	if ((uid_given || gid_given) && (!linux_->uid_mappings.count || !linux_->gid_mappings.count))
		return err_set(err, ERR_USAGE, "", "%s needs %s too", uid_given ? "--uid-map" : "--gid-map",
			       uid_given ? "--gid-map" : "--uid-map");
	if ((d->userns || uid_given || gid_given || d->net) && user->given && !user->path)
		spec_fit_mounts(spec);
	return 0;
}
