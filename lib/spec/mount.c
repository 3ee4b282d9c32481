/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "mounts": OCI config.md, "Mounts" and "Linux mount options". */
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/spec.h"
#include "spec/types.h"

static void apply(struct spec_mount *mount, const struct spec_mount_option *option)
{
	switch (option->kind) {
	case SPEC_OPTION_FLAG:
		mount->flags = (mount->flags & ~option->clear) | option->set;
		mount->flags_cleared = (mount->flags_cleared & ~option->set) | option->clear;
		break;
	case SPEC_OPTION_RECURSIVE:
		mount->attr_set_recursive = (mount->attr_set_recursive & ~option->clear) | option->set;
		/* What is both set and cleared is a field (atime): it stays in the mask. */
		mount->attr_clear_recursive =
			(mount->attr_clear_recursive & ~(option->set & ~option->clear)) | option->clear;
		break;
	case SPEC_OPTION_PROPAGATION:
		mount->propagation[mount->propagation_count++] = option->set;
		break;
	case SPEC_OPTION_BIND:
		mount->bind = true;
		mount->recursive = option->set & MS_REC;
		break;
	case SPEC_OPTION_IDMAP:
		mount->idmap = true;
		mount->idmap_recursive = option->set & MS_REC;
		break;
	case SPEC_OPTION_REMOUNT:
		mount->remount = true;
		break;
	case SPEC_OPTION_COPY_UP:
		mount->copy_up = true;
		break;
	case SPEC_OPTION_COPY_SYMLINK:
		mount->copy_symlink = true;
		break;
	case SPEC_OPTION_SRC_NOFOLLOW:
		mount->src_nofollow = true;
		break;
	case SPEC_OPTION_DEST_NOFOLLOW:
		mount->dest_nofollow = true;
		break;
	case SPEC_OPTION_NOTHING:
	case SPEC_OPTION_DATA:
		break;
	}
}

void spec_mount_split(struct arena *arena, struct spec_mount *mount)
{
	auto_strbuf struct strbuf data = { 0 };

	mount->propagation = arena_array(arena, mount->options.count, sizeof(*mount->propagation));
	for (size_t i = 0; i < mount->options.count; i++) {
		const char *name = mount->options.items[i];
		const struct spec_mount_option *option = spec_mount_option_find(name);

		if (option)
			apply(mount, option);
		if (option ? option->kind == SPEC_OPTION_DATA : *name != '\0')
			strbuf_printf(&data, "%s%s", data.len ? "," : "", name);
	}
	if (data.len)
		mount->data = arena_strdup(arena, data.text);
}

static int read_destination(struct reader *r, const struct json_at *at, const char **destination)
{
	struct json_at member = json_member(at, "destination");

	if (spec_read_required(r, at, "destination") || spec_read_string(r, at, "destination", destination))
		return -1;
	if (!**destination)
		return spec_read_expected(r, &member, "a path");
	if (**destination != '/') {
		spec_warn(r, &member,
			  "the relative mount destination \"%.200s\" is taken as relative to \"/\"",
			  *destination);
		*destination = arena_printf(r->arena, "/%s", *destination);
	}
	return 0;
}

static int check(struct reader *r, const struct json_at *at, const struct spec_mount *mount)
{
	struct json_at options = json_member(at, "options");

	if (!mount->uid_mappings.count != !mount->gid_mappings.count)
		return json_error(at, r->err, "uidMappings and gidMappings are only valid together");
	if (mount->bind && !mount->remount && !mount->source)
		return json_error(at, r->err, "a bind mount needs a source");
	if (!mount->bind && !mount->remount && !mount->type && !mount->propagation_count)
		return json_error(at, r->err,
				  "needs a type, or the option bind, rbind, remount or a propagation");
	if (mount->copy_up && (mount->bind || !mount->type || strcmp(mount->type, "tmpfs") != 0))
		return json_error(&options, r->err, "tmpcopyup is only valid for a tmpfs");
	return 0;
}

int spec_mount_read(struct reader *r, const struct json_at *at, struct spec_mount *mount)
{
	if (json_read_object(at, r->err) || read_destination(r, at, &mount->destination) ||
	    spec_read_text(r, at, "type", &mount->type) || spec_read_text(r, at, "source", &mount->source) ||
	    spec_read_strings(r, at, "options", &mount->options) ||
	    spec_read_idmaps(r, at, "uidMappings", &mount->uid_mappings) ||
	    spec_read_idmaps(r, at, "gidMappings", &mount->gid_mappings) || spec_read_end(r, at))
		return -1;
	spec_mount_split(r->arena, mount);
	/* "If mappings are given they MUST be used", whether or not an option says so. */
	if (mount->uid_mappings.count)
		mount->idmap = true;
	/* mount(2) takes such options without a word: say that they do nothing. */
	if (mount->bind && mount->data) {
		struct json_at options = json_member(at, "options");

		spec_warn(r, &options, "a bind mount has no file system to give \"%.200s\" to", mount->data);
	}
	return check(r, at, mount);
}
