/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --bind, --tmpfs, --mount, in the order given. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/spec.h"
#include "spec/types.h"

static void add_option(struct spec *spec, struct spec_mount *mount, const char *option)
{
	describe_add_string(spec->arena, &mount->options, option);
}

static void add_options(struct spec *spec, struct spec_mount *mount, const char *text)
{
	auto_free char *copy = memory_strdup(text);
	char *rest = copy, *word;

	while ((word = strsep(&rest, ",")))
		if (*word)
			add_option(spec, mount, word);
}

static bool has_option(const struct spec_mount *mount, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < mount->options.count; i++)
		if (!strncmp(mount->options.items[i], name, len) &&
		    (name[len - 1] == '=' || !mount->options.items[i][len]))
			return true;
	return false;
}

static const char *near_option(const char *name)
{
	const char *near = NULL;
	unsigned best = 3;

	for (size_t i = 0; i < spec_mount_option_count; i++) {
		unsigned distance = spec_name_distance(spec_mount_options[i].name, name, 2);

		if (distance < best) {
			best = distance;
			near = spec_mount_options[i].name;
		}
	}
	return near;
}

/* A bind mount has no file system that could know an option: the kernel would take it without a word. */
static int check_bind_options(const struct spec_mount *mount, const struct describe_mount *given,
			      struct err *err)
{
	for (size_t i = 0; i < mount->options.count; i++) {
		const char *name = mount->options.items[i], *near;

		if (spec_mount_option_find(name))
			continue;
		near = near_option(name);
		err_set(err, ERR_USAGE, "",
			"%s: expected options of a bind mount, found \"%.64s\" in \"%.200s\"", given->option,
			name, given->text);
		return near ? err_hint(err, "did you mean %s?", near) : -1;
	}
	return 0;
}

static int check_destination(const char *destination, const struct describe_mount *given, struct err *err)
{
	size_t len = strspn(destination, "/");

	if (len && destination[len])
		return 0;
	return describe_expected(err, given->option, given->text, "a destination that is a path below \"/\"");
}

/* SOURCE[:DEST[:OPTIONS]] */
static int read_bind(struct spec *spec, struct spec_mount *mount, const struct describe_mount *given,
		     struct err *err)
{
	auto_free char *copy = memory_strdup(given->text);
	char *options = copy, *source = strsep(&options, ":"), *destination = strsep(&options, ":");

	if (!*source)
		return describe_expected(err, given->option, given->text, "SOURCE[:DEST[:OPTIONS]]");
	if (describe_path(spec->arena, source, &mount->source, err))
		return -1;
	mount->destination = destination ? arena_strdup(spec->arena, destination) : mount->source;
	mount->type = "none";
	if (options)
		add_options(spec, mount, options);
	if (!has_option(mount, "bind") && !has_option(mount, "rbind"))
		add_option(spec, mount, "rbind");
	return check_bind_options(mount, given, err);
}

/* DEST[:OPTIONS] */
static int read_tmpfs(struct spec *spec, struct spec_mount *mount, const struct describe_mount *given)
{
	auto_free char *copy = memory_strdup(given->text);
	char *options = copy, *destination = strsep(&options, ":");

	mount->destination = arena_strdup(spec->arena, destination);
	mount->type = mount->source = "tmpfs";
	add_options(spec, mount, "nosuid,nodev");
	if (options)
		add_options(spec, mount, options);
	if (!has_option(mount, "mode="))
		add_option(spec, mount, "mode=1777");
	return 0;
}

static bool take_value(const char *word, const char *const *keys, const char **value)
{
	for (; *keys; keys++) {
		size_t len = strlen(*keys);

		if (!strncmp(word, *keys, len) && word[len] == '=') {
			*value = word + len + 1;
			return true;
		}
	}
	return false;
}

static void take_word(struct spec *spec, struct spec_mount *mount, const char *word)
{
	static const char *const type[] = { "type", NULL }, *const source[] = { "source", "src", NULL },
				 *const destination[] = { "destination", "dest", "dst", "target", NULL },
				 *const propagation[] = { "bind-propagation", NULL };
	const char *value;

	if (take_value(word, type, &value))
		mount->type = arena_strdup(spec->arena, value);
	else if (take_value(word, source, &value))
		mount->source = arena_strdup(spec->arena, value);
	else if (take_value(word, destination, &value))
		mount->destination = arena_strdup(spec->arena, value);
	else if (take_value(word, propagation, &value))
		add_option(spec, mount, value);
	else if (!strcmp(word, "readonly"))
		add_option(spec, mount, "ro");
	else if (*word)
		add_option(spec, mount, word);
}

/* type=bind,source=S,destination=D,OPTION... */
static int read_any(struct spec *spec, struct spec_mount *mount, const struct describe_mount *given,
		    struct err *err)
{
	auto_free char *copy = memory_strdup(given->text);
	char *rest = copy, *word;
	bool bind;

	while ((word = strsep(&rest, ",")))
		take_word(spec, mount, word);
	bind = has_option(mount, "bind") || has_option(mount, "rbind");
	if (mount->type && !strcmp(mount->type, "bind")) {
		mount->type = "none";
		if (!bind)
			add_option(spec, mount, "rbind");
		bind = true;
	}
	if (!mount->destination || !*mount->destination || (!mount->type && !bind) ||
	    (bind && !mount->source))
		return describe_expected(err, given->option, given->text,
					 "type=TYPE,source=SOURCE,destination=DEST[,OPTION...]");
	if (!bind)
		return 0;
	return describe_path(spec->arena, mount->source, &mount->source, err) ||
			       check_bind_options(mount, given, err)
		       ? -1
		       : 0;
}

/* In the place of one with the same destination: /dev/shm is bigger, not mounted twice. */
static void put(struct spec *spec, const struct spec_mount *mount)
{
	size_t i = spec->mount_count;

	while (i > 0 && strcmp(spec->mounts[i - 1].destination, mount->destination) != 0)
		i--;
	if (i == 0) {
		spec->mounts = describe_grow(spec->arena, spec->mounts, spec->mount_count, sizeof(*mount));
		i = ++spec->mount_count;
	}
	spec->mounts[i - 1] = *mount;
}

int describe_apply_mounts(const struct describe *d, struct spec *spec, struct err *err)
{
	for (size_t i = 0; i < d->mounts.count; i++) {
		const struct describe_mount *given = &d->mounts.items[i];
		struct spec_mount mount = { 0 };
		int ret;

		if (!strcmp(given->option, "--bind"))
			ret = read_bind(spec, &mount, given, err);
		else if (!strcmp(given->option, "--tmpfs"))
			ret = read_tmpfs(spec, &mount, given);
		else
			ret = read_any(spec, &mount, given, err);
		if (ret || check_destination(mount.destination, given, err))
			return -1;
		spec_mount_split(spec->arena, &mount);
		put(spec, &mount);
	}
	return 0;
}
