/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --env, --env-file, --clear-env. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/types.h"

#define ENV_FILE_MAX (1024u * 1024)

static size_t find(const struct spec_strings *env, const char *text, size_t name_len)
{
	size_t i = 0;

	while (i < env->count && (strncmp(env->items[i], text, name_len) || env->items[i][name_len] != '='))
		i++;
	return i;
}

static void unset(struct spec_strings *env, const char *name)
{
	size_t at = find(env, name, strlen(name));

	if (at == env->count)
		return;
	memmove(&env->items[at], &env->items[at + 1], (env->count - at) * sizeof(*env->items));
	env->count--;
}

/* A variable that is there keeps its place. `text` is the arena's. */
static void set(struct spec *spec, const char *text)
{
	struct spec_strings *env = &spec->process.env;
	size_t at = find(env, text, strcspn(text, "="));

	if (at == env->count)
		describe_add_string(spec->arena, env, text);
	else
		env->items[at] = text;
}

/* "NAME=VALUE", or "NAME": what the caller has, which may be nothing. */
static int add(struct spec *spec, const char *text)
{
	const char *value;

	if (!*text || *text == '=')
		return -1;
	spec->process.env.given = true;
	if (strchr(text, '=')) {
		set(spec, arena_strdup(spec->arena, text));
		return 0;
	}
	value = getenv(text);
	if (value)
		set(spec, arena_printf(spec->arena, "%s=%s", text, value));
	else
		unset(&spec->process.env, text);
	return 0;
}

/* One variable a line; empty lines and those that begin with "#" are passed over. */
static int add_file(struct spec *spec, const char *path, struct err *err)
{
	auto_free char *text = NULL;
	unsigned number = 0;
	size_t len;
	char *next;

	if (file_read_at(AT_FDCWD, path, ENV_FILE_MAX, &text, &len))
		return err_system(err, "--env-file", "%s", path);
	if (strlen(text) != len) {
		err_set(err, ERR_USAGE, "--env-file", "expected lines of text, found a NUL");
		return err_object(err, "%s", path);
	}
	for (char *line = text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (*line && *line != '#' && add(spec, line)) {
			err_set(err, ERR_USAGE, "--env-file", "line %u: expected NAME=VALUE or NAME", number);
			return err_object(err, "%s", path);
		}
	}
	return 0;
}

int describe_apply_environment(const struct describe *d, struct spec *spec, struct err *err)
{
	if (d->clear_env)
		spec->process.env.count = 0;
	for (size_t i = 0; i < d->env_files.count; i++)
		if (add_file(spec, d->env_files.items[i], err))
			return -1;
	for (size_t i = 0; i < d->env.count; i++)
		if (add(spec, d->env.items[i]))
			return describe_expected(err, "--env", d->env.items[i], "NAME=VALUE or NAME");
	return 0;
}
