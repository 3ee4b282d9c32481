/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/describe.h"
#include "common/subid.h"
#include "nsinit/nsinit.h"
#include "nsinit/source.h"
#include "spec/spec.h"
#include "spec/types.h"

#define CONFIG "config.json"

/* A spec and the document it was read from. */
struct base {
	struct spec *spec;
	char *text;
	size_t len;
	bool built_in;
};

/* ---- the base ------------------------------------------------------------------ */

/* Absolute and without "." and ".." and empty parts: which links are in it is nobody's concern. */
static bool is_plain(const char *path)
{
	while (*path == '/') {
		size_t len = strcspn(++path, "/");

		if (len == 0 || (path[0] == '.' && (len == 1 || (len == 2 && path[1] == '.'))))
			return false;
		path += len;
	}
	return !*path;
}

static int real_folder(const char *path, char folder[PATH_MAX], struct err *err)
{
	size_t size = strlen(path) + 1;

	if (is_plain(path) && *path && size <= PATH_MAX) {
		memcpy(folder, path, size);
		return 0;
	}
	return realpath(path, folder) ? 0 : err_system(err, "open", "%s", path);
}

/* The folder that relative paths in `file` start from. */
static int folder_of(const char *file, char folder[PATH_MAX], struct err *err)
{
	auto_free char *copy = memory_strdup(file);
	char *slash = strrchr(copy, '/');

	if (!slash)
		return real_folder(".", folder, err);
	slash[slash == copy] = '\0';
	return real_folder(copy, folder, err);
}

static int read_base(struct base *base, const char *path, const char *folder, struct err *err)
{
	const char *name = strcmp(path, "-") ? path : "standard input";

	if (nsinit_read_text(path, &base->text, &base->len, err))
		return -1;
	base->spec = spec_read(base->text, base->len, name, folder, err);
	return base->spec ? 0 : -1;
}

static int read_spec_file(const struct source *source, struct base *base, struct err *err)
{
	char folder[PATH_MAX];

	if (source->bundle || source->config) {
		err_set(err, ERR_USAGE, "", "--spec does not go with %s",
			source->bundle ? "--bundle" : "--config");
		return err_hint(err, "--bundle DIR --config FILE reads FILE as the spec of the bundle DIR");
	}
	return folder_of(source->spec, folder, err) || read_base(base, source->spec, folder, err) ? -1 : 0;
}

static int read_bundle(const struct source *source, struct base *base, struct err *err)
{
	bool implied = !source->bundle && !source->config;
	auto_free char *path =
		source->bundle ? memory_printf("%s/" CONFIG, source->bundle) : memory_strdup(CONFIG);
	char folder[PATH_MAX];

	if (real_folder(source->bundle ? source->bundle : ".", folder, err))
		return -1;
	if (!read_base(base, source->config ? source->config : path, folder, err))
		return 0;
	if (implied && !source->engine)
		err_hint(err, "./" CONFIG " is the spec where neither --spec nor --bundle is given");
	return -1;
}

static int make_built_in(const struct source *source, struct base *base, struct err *err)
{
	char folder[PATH_MAX];

	if (real_folder(".", folder, err))
		return -1;
	base->built_in = true;
	base->spec = source->example ? spec_example(folder) : spec_default(folder);
	return 0;
}

static int find_base(const struct source *source, struct base *base, struct err *err)
{
	if (source->spec)
		return read_spec_file(source, base, err);
	if (source->bundle || source->config || source->engine ||
	    (!source->example && access(CONFIG, F_OK) == 0))
		return read_bundle(source, base, err);
	return make_built_in(source, base, err);
}

/* ---- its changes --------------------------------------------------------------- */

static void set_command(const struct source *source, struct spec *spec)
{
	struct spec_process *process = &spec->process;
	size_t count = (size_t)source->command_count;

	if (!process->given)
		process->cwd = "/";
	process->given = true;
	process->args.items = arena_array(spec->arena, count + 1, sizeof(*process->args.items));
	for (size_t i = 0; i < count; i++)
		process->args.items[i] = arena_strdup(spec->arena, source->command[i]);
	process->args.count = count;
	process->args.given = true;
}

static int make_rootless(struct spec *spec, struct err *err)
{
	struct spec_idmaps uid, gid;

	if (subid_map_caller(spec->arena, &uid, &gid, err))
		return -1;
	spec_make_rootless(spec, &uid, &gid);
	return 0;
}

static bool is_to_be_rootless(const struct source *source, const struct base *base)
{
	return source->rootless || (source->rootless_default && base->built_in);
}

/* *changed: the spec is no longer what stands in the text. */
static int change(const struct source *source, struct base *base, bool *changed, struct err *err)
{
	if (is_to_be_rootless(source, base)) {
		*changed = true;
		if (make_rootless(base->spec, err))
			return -1;
	}
	if (source->describe && !describe_is_empty(source->describe)) {
		*changed = true;
		if (describe_apply(source->describe, base->spec, err))
			return -1;
	}
	if (source->command_count > 0) {
		*changed = true;
		set_command(source, base->spec);
	}
	/* Now that --rootfs and --userns have had their say. */
	if (base->built_in || source->rootless)
		spec_fit_root(base->spec);
	return 0;
}

static int read_again(struct base *base, struct base *again, struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };
	struct json *json = spec_write(base->spec);

	json_print(json, true, &text);
	json_free(json);
	again->spec = spec_read(text.text, text.len, base->spec->file, base->spec->bundle, err);
	if (!again->spec)
		return err_hint(err, "the spec is not valid with what the options changed in it");
	again->len = text.len;
	again->text = take_ptr(text.text);
	return 0;
}

/* ---- the whole ----------------------------------------------------------------- */

static bool is_told(const struct spec_strings *told, const char *warning)
{
	for (size_t i = 0; told && i < told->count; i++)
		if (!strcmp(told->items[i], warning))
			return true;
	return false;
}

static void tell(const struct spec_strings *warnings, const struct spec_strings *told)
{
	for (size_t i = 0; i < warnings->count; i++)
		if (!is_told(told, warnings->items[i]))
			log_warning("%s", warnings->items[i]);
}

static void free_base(struct base *base)
{
	spec_free(base->spec);
	free(base->text);
	*base = (struct base){ 0 };
}

int source_read(const struct source *source, struct spec **spec, char **text, size_t *len, struct err *err)
{
	struct base base = { 0 }, again = { 0 };
	bool changed = false;
	int ret = find_base(source, &base, err);

	if (!ret) {
		tell(&base.spec->warnings, NULL);
		ret = change(source, &base, &changed, err);
	}
	if (!ret && changed) {
		ret = read_again(&base, &again, err);
		if (!ret)
			tell(&again.spec->warnings, &base.spec->warnings);
		free_base(&base);
		base = again;
	}
	if (ret) {
		free_base(&base);
		return -1;
	}
	*spec = base.spec;
	*text = base.text;
	*len = base.len;
	return 0;
}

int source_read_base(const struct source *source, struct spec **spec, struct err *err)
{
	struct base base = { 0 };
	int ret = find_base(source, &base, err);

	if (!ret && is_to_be_rootless(source, &base)) {
		ret = make_rootless(base.spec, err);
		spec_fit_root(base.spec);
	}
	if (!ret)
		*spec = take_ptr(base.spec);
	free_base(&base);
	return ret;
}
