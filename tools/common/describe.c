/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "common/describe.h"
#include "common/nearest.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/types.h"

struct describe *describe_new(void)
{
	return memory_zalloc(1, sizeof(struct describe));
}

void describe_free(struct describe *d)
{
	if (!d)
		return;
	for (struct option_texts *const *list =
		     (struct option_texts *const[]){
			     &d->env,          &d->env_files,   &d->additional_gids, &d->rlimits,
			     &d->lower,        &d->devices,     &d->masked_paths,    &d->readonly_paths,
			     &d->unmask,       &d->uid_maps,    &d->gid_maps,        &d->sysctl,
			     &d->net_devices,  &d->annotations, &d->read_bps,        &d->write_bps,
			     &d->read_iops,    &d->write_iops,  &d->hugetlb,         &d->unified,
			     &d->device_rules, &d->cap_add,     &d->cap_drop,        NULL };
	     *list; list++)
		option_texts_free(*list);
	free(d->mounts.items);
	free(d);
}

bool describe_is_empty(const struct describe *d)
{
	return memory_is_zero(d, sizeof(*d));
}

static int apply_all(const struct describe *d, struct spec *spec, struct err *err)
{
	return describe_apply_process(d, spec, err) || describe_apply_environment(d, spec, err) ||
			       describe_apply_files(d, spec, err) || describe_apply_mounts(d, spec, err) ||
			       describe_apply_devices(d, spec, err) ||
			       describe_apply_isolation(d, spec, err) ||
			       describe_apply_resources(d, spec, err) || describe_apply_security(d, spec, err)
		       ? -1
		       : 0;
}

/* A part that the spec did not have is there now, if an option put something into it. */
static void mark_given(struct spec *spec)
{
	/* A spec may have no process at all (OCI: it can be created); with a part of one it needs the rest.
	 */
	if (!spec->process.given && !memory_is_zero(&spec->process, sizeof(spec->process))) {
		spec->process.given = true;
		if (!spec->process.cwd)
			spec->process.cwd = "/";
	}
	if (!memory_is_zero(&spec->linux_, sizeof(spec->linux_)))
		spec->linux_.given = true;
	if (!memory_is_zero(&spec->own, sizeof(spec->own)))
		spec->own.given = true;
}

int describe_apply(const struct describe *d, struct spec *spec, struct err *err)
{
	if (apply_all(d, spec, err))
		return -1;
	mark_given(spec);
	return 0;
}

/* ---- what the parts share -------------------------------------------------------- */

int describe_keep_or_true(void *value, const char *text, struct err *err)
{
	(void)err;
	*(const char **)value = text ? text : "true";
	return 0;
}

int(describe_expected)(struct err *err, const char *option, const char *value, const char *what, ...)
{
	char text[sizeof(err->message)];
	va_list ap;

	va_start(ap, what);
	vsnprintf(text, sizeof(text), what, ap);
	va_end(ap);
	return err_set(err, ERR_USAGE, "", "%s: expected %s, found \"%.200s\"", option, text, value);
}

int describe_bool(const char *option, const char *text, bool *value, struct err *err)
{
	return option_bool(text, value) ? describe_expected(err, option, text, "true or false") : 0;
}

int describe_signal(const char *option, const char *text, int *signal, struct err *err)
{
	if (!spec_signal_parse(text, signal))
		return 0;
	return describe_expected(err, option, text, "a signal (TERM, SIGTERM, 15, RTMIN+3)");
}

int describe_name(const struct spec_names *names, const char *prefix, const char *text, uint64_t *value)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i].name;

		if (!strcasecmp(name, text) ||
		    (!strncmp(name, prefix, strlen(prefix)) && !strcasecmp(name + strlen(prefix), text))) {
			*value = names->items[i].value;
			return 0;
		}
	}
	return -1;
}

const char *describe_near(const struct spec_names *names, const char *prefix, const char *text)
{
	unsigned best = NEAREST_MAX(strlen(text)) + 1;
	const char *near = NULL;

	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i].name;
		unsigned whole = spec_name_distance(name, text, 3);
		unsigned rest = spec_name_distance(name + strlen(prefix), text, 3);
		unsigned distance = whole < rest ? whole : rest;

		if (distance < best) {
			best = distance;
			near = name;
		}
	}
	return near;
}

/* "./r" from /home: "/home/r". */
int describe_path(struct arena *arena, const char *path, const char **absolute, struct err *err)
{
	auto_free char *here = NULL;

	while (path[0] == '.' && path[1] == '/')
		for (path += 2; *path == '/'; path++)
			;
	if (path[0] == '/') {
		*absolute = arena_strdup(arena, path);
		return 0;
	}
	here = getcwd(NULL, 0);
	if (!here)
		return err_system(err, "getcwd", "%s", path);
	if (!*path || !strcmp(path, "."))
		*absolute = arena_strdup(arena, here);
	else
		*absolute = arena_printf(arena, "%s/%s", strcmp(here, "/") ? here : "", path);
	return 0;
}

void *describe_grow(struct arena *arena, const void *items, size_t count, size_t size)
{
	void *more = arena_array(arena, count + 1, size);

	if (count)
		memcpy(more, items, count * size);
	return more;
}

void describe_add_string(struct arena *arena, struct spec_strings *list, const char *text)
{
	const char **items = arena_array(arena, list->count + 2, sizeof(*items));

	if (list->count)
		memcpy(items, list->items, list->count * sizeof(*items));
	items[list->count++] = arena_strdup(arena, text);
	list->items = items;
	list->given = true;
}

int describe_pair(struct arena *arena, const char *text, char **key, const char **value)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text)
		return -1;
	*key = arena_printf(arena, "%.*s", (int)(equals - text), text);
	*value = arena_strdup(arena, equals + 1);
	return 0;
}

void describe_put_pair(struct arena *arena, struct spec_pairs *pairs, const char *key, const char *value)
{
	size_t i = 0;

	while (i < pairs->count && strcmp(pairs->items[i].key, key) != 0)
		i++;
	if (i == pairs->count) {
		pairs->items = describe_grow(arena, pairs->items, i, sizeof(*pairs->items));
		pairs->count++;
	}
	pairs->items[i] = (struct spec_pair){ key, value };
}
