/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options about the container's files; mounts and devices have files of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "common/describe.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/names.h"
#include "spec/types.h"

static void keep_mount(struct describe_mounts *mounts, const char *option, const char *text)
{
	mounts->items = memory_grow(mounts->items, mounts->count + 1, sizeof(*mounts->items));
	mounts->items[mounts->count++] = (struct describe_mount){ option, text };
}

static int keep_bind(void *value, const char *text, struct err *err)
{
	(void)err;
	keep_mount(value, "--bind", text);
	return 0;
}

static int keep_tmpfs(void *value, const char *text, struct err *err)
{
	(void)err;
	keep_mount(value, "--tmpfs", text);
	return 0;
}

static int keep_any(void *value, const char *text, struct err *err)
{
	(void)err;
	keep_mount(value, "--mount", text);
	return 0;
}

#define ENTRY(name, argument, kind, field, help)                                                             \
	{                                                                                                    \
		name, 0, argument, help, kind, offsetof(struct describe, field), NULL                        \
	}
#define CALL(name, argument, parse, field, help)                                                             \
	{                                                                                                    \
		name, 0, argument, help, OPTION_CALL, offsetof(struct describe, field), parse                \
	}

static const struct option_entry entries[] = {
	ENTRY("rootfs", "DIR", OPTION_TEXT, rootfs,
	      "the container's root; it is changed where there is no --overlay"),
	CALL("read-only", "[BOOL]", describe_keep_or_true, read_only, "the root is read-only"),
	CALL("overlay", "[UPPER:WORK]", describe_keep_or_true, overlay,
	     "keep changes of the root in UPPER; without: in memory, to vanish"),
	ENTRY("lower", "DIR", OPTION_TEXTS, lower, "a layer above the root, the topmost first"),
	ENTRY("propagation", "MODE", OPTION_TEXT, propagation,
	      "of the root: private, slave, shared, rslave, ..."),
	CALL("bind", "SOURCE[:DEST[:OPTIONS]]", keep_bind, mounts,
	     "show a file or folder of the host in the container"),
	CALL("tmpfs", "DEST[:OPTIONS]", keep_tmpfs, mounts,
	     "a file system in memory: /tmp:size=64m,mode=1777"),
	CALL("mount", "type=T,source=S,destination=D,OPTION...", keep_any, mounts, "any mount"),
	ENTRY("device", "PATH[:DEST[:rwm]]", OPTION_TEXTS, devices, "a device of the host, and access to it"),
	ENTRY("masked-path", "PATH", OPTION_TEXTS, masked_paths, "hide a path"),
	ENTRY("readonly-path", "PATH", OPTION_TEXTS, readonly_paths, "make a path read-only"),
	ENTRY("unmask", "PATH|all", OPTION_TEXTS, unmask, "undo the spec's masked and read-only paths"),
};
const struct option_table describe_files = { "Files", entries, ARRAY_SIZE(entries) };

/* ---- the root ------------------------------------------------------------------------- */

static int add_layers(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_layers *layers = &spec->own.layers;
	struct spec_strings below = layers->lower;
	const char *path;

	if (!d->lower.count)
		return 0;
	layers->given = true;
	layers->lower = (struct spec_strings){ 0 };
	for (size_t i = 0; i < d->lower.count; i++) {
		if (describe_path(spec->arena, d->lower.items[i], &path, err))
			return -1;
		describe_add_string(spec->arena, &layers->lower, path);
	}
	for (size_t i = 0; i < below.count; i++)
		describe_add_string(spec->arena, &layers->lower, below.items[i]);
	return 0;
}

static int set_overlay(const char *text, struct spec *spec, struct err *err)
{
	struct spec_layers *layers = &spec->own.layers;
	auto_free char *copy = memory_strdup(text);
	char *work = copy, *upper = strsep(&work, ":");

	layers->given = true;
	if (!strcmp(text, "true")) {
		layers->upper = layers->work = NULL;
		return 0;
	}
	if (!*upper || !work || !*work || strchr(work, ':'))
		return describe_expected(err, "--overlay", text,
					 "UPPER:WORK, two folders on one file system");
	return describe_path(spec->arena, upper, &layers->upper, err) ||
			       describe_path(spec->arena, work, &layers->work, err)
		       ? -1
		       : 0;
}

static int set_root(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_root *root = &spec->root;

	if (d->rootfs) {
		if (!*d->rootfs)
			return describe_expected(err, "--rootfs", d->rootfs, "a folder");
		if (describe_path(spec->arena, d->rootfs, &root->path, err))
			return -1;
		root->given = true;
		spec->own.layers = (struct spec_layers){ 0 };
	}
	if (add_layers(d, spec, err) || (d->overlay && set_overlay(d->overlay, spec, err)))
		return -1;
	if (!d->read_only)
		return 0;
	if (!root->given)
		return err_set(err, ERR_USAGE, "", "--read-only needs a root.path in the spec, or --rootfs");
	return describe_bool("--read-only", d->read_only, &root->readonly, err);
}

static int set_propagation(const char *text, struct spec *spec, struct err *err)
{
	if (!spec_names_find(&spec_names_propagation, text, &spec->linux_.rootfs_propagation))
		return 0;
	return describe_expected(err, "--propagation", text,
				 "private, shared, slave, unbindable, or one of these after \"r\"");
}

/* ---- masked and read-only paths --------------------------------------------------------- */

static int add_paths(struct spec *spec, struct spec_strings *paths, const struct option_texts *given,
		     const char *option, struct err *err)
{
	for (size_t i = 0; i < given->count; i++) {
		if (given->items[i][0] != '/')
			return describe_expected(err, option, given->items[i],
						 "a path that begins with \"/\"");
		describe_add_string(spec->arena, paths, given->items[i]);
	}
	return 0;
}

static bool remove_path(struct spec_strings *paths, const char *path)
{
	size_t kept = 0, before = paths->count;

	for (size_t i = 0; i < before; i++)
		if (strcmp(path, "all") != 0 && strcmp(path, paths->items[i]) != 0)
			paths->items[kept++] = paths->items[i];
	paths->count = kept;
	if (before)
		paths->items[kept] = NULL;
	return kept < before;
}

static int unmask(struct spec_linux *linux_, const char *path, struct err *err)
{
	bool masked = remove_path(&linux_->masked_paths, path);
	bool readonly = remove_path(&linux_->readonly_paths, path);

	if (masked || readonly || !strcmp(path, "all"))
		return 0;
	return describe_expected(err, "--unmask", path,
				 "\"all\" or one of the spec's masked or read-only paths");
}

int describe_apply_files(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_linux *linux_ = &spec->linux_;

	if (set_root(d, spec, err) || (d->propagation && set_propagation(d->propagation, spec, err)))
		return -1;
	for (size_t i = 0; i < d->unmask.count; i++)
		if (unmask(linux_, d->unmask.items[i], err))
			return -1;
	return add_paths(spec, &linux_->masked_paths, &d->masked_paths, "--masked-path", err) ||
			       add_paths(spec, &linux_->readonly_paths, &d->readonly_paths, "--readonly-path",
					 err)
		       ? -1
		       : 0;
}
