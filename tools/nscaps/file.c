/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities of files: what setcap(8) and getcap(8) do. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/number.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/caps.h"
#include "kern/caps_file.h"
#include "nscaps/commands.h"
#include "nscaps/file_walk.h"
#include "nscaps/set.h"

struct file_options {
	bool recursive, json, all;
	const char *root;
};

static const struct option_entry entries[] = {
	{ "recursive", 'r', NULL, "the files below directories too", OPTION_FLAG,
	  offsetof(struct file_options, recursive), NULL },
	{ "all", 'a', NULL, "with get: files without capabilities too", OPTION_FLAG,
	  offsetof(struct file_options, all), NULL },
	{ "json", 0, NULL, "with get: print an array of objects", OPTION_FLAG, offsetof(struct file_options, json),
	  NULL },
	{ "root-uid", 'n', "UID", "with set: for user namespaces whose root is UID", OPTION_TEXT,
	  offsetof(struct file_options, root), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

enum action { GET, SET, REMOVE };

struct work {
	const struct file_options *options;
	enum action action;
	struct kern_caps_file caps; /* to set */
	struct json *json;
};

/* ---- what is to be set ---------------------------------------------------------------------- */

static int bad_text(const char *text, struct err *err)
{
	err_set(err, ERR_USAGE, "", "file set: expected capabilities, found \"%.200s\"", text);
	return err_hint(err, "such as net_raw,net_admin or, as setcap(8) has it, cap_net_raw=ep");
}

/* The kernel has one effective bit a file: all that is permitted or inherited, or nothing. */
static int from_text(const char *text, struct kern_caps_file *file, struct err *err)
{
	struct kern_caps caps;

	if (kern_caps_parse_text(text, &caps))
		return bad_text(text, err);
	if (caps.effective && caps.effective != (caps.permitted | caps.inheritable)) {
		err_set(err, ERR_USAGE, "",
			"file set: a file's capabilities are effective all or none, not as in \"%.200s\"", text);
		return err_hint(err, "give each the e, or none");
	}
	*file = (struct kern_caps_file){ .permitted = caps.permitted,
					 .inheritable = caps.inheritable,
					 .effective = caps.effective };
	return 0;
}

/* A set is permitted and effective; with "=" or a sign behind a name it is libcap's text. */
static int read_caps(const struct file_options *options, const char *text, struct kern_caps_file *file,
		     struct err *err)
{
	struct set set;

	if (strchr(text, '=') || (*text && strpbrk(text + 1, "+") && !strpbrk(text, ","))) {
		if (from_text(text, file, err))
			return -1;
	} else {
		if (set_parse("file set", text, 0, &set, err))
			return -1;
		*file = (struct kern_caps_file){ .permitted = set.all, .effective = set.all };
	}
	if (!(file->permitted | file->inheritable)) {
		err_set(err, ERR_USAGE, "", "file set: \"%.200s\" is no capability at all", text);
		return err_hint(err, "file remove takes them from a file");
	}
	if (!options->root)
		return 0;
	file->has_root = true;
	if (number_id(options->root, &file->root) == 0)
		return 0;
	return err_set(err, ERR_USAGE, "", "--root-uid: expected a user id, found \"%.64s\"", options->root);
}

/* ---- one file ------------------------------------------------------------------------------- */

static char *text_of(const struct kern_caps_file *file)
{
	struct kern_caps caps = { .permitted = file->permitted, .inheritable = file->inheritable };

	if (file->effective)
		caps.effective = file->permitted | file->inheritable;
	return kern_caps_text(&caps);
}

static void print_file(const char *path, const struct kern_caps_file *file)
{
	auto_free char *text = text_of(file);

	rows_put(path);
	if (!(file->permitted | file->inheritable | file->effective))
		putchar('\n');
	else if (file->has_root)
		printf(" %s [rootid=%u]\n", text, file->root);
	else
		printf(" %s\n", text);
}

static void add_json(struct json *array, const char *path, const struct kern_caps_file *file)
{
	struct json *object = json_add_object(array);

	json_set_text(object, "path", path);
	json_set(object, "permitted", set_json(file->permitted));
	json_set(object, "inheritable", set_json(file->inheritable));
	json_set_bool(object, "effective", file->effective);
	if (file->has_root)
		json_set_u64(object, "rootUid", file->root);
}

static int get_file(const struct work *work, int file, const char *path, struct err *err)
{
	struct kern_caps_file caps;
	int has = kern_caps_file_get(file, path, &caps, err);

	if (has < 0)
		return -1;
	if (!has && !work->options->all)
		return 0;
	if (work->json)
		add_json(work->json, path, &caps);
	else
		print_file(path, &caps);
	return 0;
}

static int visit(void *data, int file, const char *path, struct err *err)
{
	struct work *work = data;

	switch (work->action) {
	case GET:
		return get_file(work, file, path, err);
	case SET:
		return kern_caps_file_set(file, path, &work->caps, err);
	default:
		return kern_caps_file_remove(file, path, err);
	}
}

/* ---- the command ---------------------------------------------------------------------------- */

static int read_action(const struct file_options *options, const char *word, enum action *action, struct err *err)
{
	static const char *const words[] = { "get", "set", "remove" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i])) {
			*action = (enum action)i;
			if (*action != GET && (options->json || options->all))
				return err_set(err, ERR_USAGE, "", "--json and --all go with file get alone");
			if (*action != SET && options->root)
				return err_set(err, ERR_USAGE, "", "--root-uid goes with file set alone");
			return 0;
		}
	err_set(err, ERR_USAGE, "", "file: expected get, set or remove, found \"%.64s\"", word);
	return err_hint(err, "nscaps file get PATH, nscaps file set net_raw PATH");
}

static int work_on(struct work *work, char *const *paths, struct err *err)
{
	struct file_walk walk = { .recursive = work->options->recursive, .visit = visit, .data = work };
	int ret = 0;

	if (!*paths)
		return err_set(err, ERR_USAGE, "", "file: no path is given");
	for (char *const *path = paths; *path; path++)
		if (work->action != GET && file_walk_check(&walk, *path, err))
			return -1;
	work->json = work->options->json ? json_array() : NULL;
	for (; !ret && *paths; paths++)
		ret = file_walk(&walk, *paths, err);
	if (!ret && work->json)
		rows_print_json(work->json, true);
	json_free(work->json);
	return rows_flush(err) || ret ? -1 : 0;
}

static int file_command(struct command_call *call, struct err *err)
{
	struct file_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct work work = { .options = &options };
	char **paths;

	if (read)
		return read < 0 ? -1 : 0;
	if (read_action(&options, operands.items[0], &work.action, err))
		return -1;
	paths = operands.items + 1;
	if (work.action == SET) {
		if (!*paths)
			return err_set(err, ERR_USAGE, "", "file set: no capabilities are given");
		if (read_caps(&options, *paths++, &work.caps, err))
			return -1;
	}
	return work_on(&work, paths, err);
}

const struct command nscaps_file = {
	.name = "file",
	.synopsis = "[OPTIONS] get|set|remove [CAPABILITIES] PATH...",
	.summary = "show, give and take the capabilities of files",
	.details = "CAPABILITIES stands behind set alone: a SET, which becomes permitted and effective, or\n"
		   "libcap's text form, as setcap(8) takes and getcap(8) prints it: cap_net_raw=eip.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = file_command,
};
