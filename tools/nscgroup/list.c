/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/cgroup/hierarchy.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_tree.h"

struct list_options {
	bool json, quiet, frozen, processes;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "an array with an object for each group", OPTION_FLAG,
	  offsetof(struct list_options, json), NULL },
	{ "quiet", 'q', NULL, "only the paths", OPTION_FLAG, offsetof(struct list_options, quiet), NULL },
	{ "processes", 'p', NULL, "with the processes of each group", OPTION_FLAG,
	  offsetof(struct list_options, processes), NULL },
	{ "frozen", 0, NULL, "only those that are frozen", OPTION_FLAG, offsetof(struct list_options, frozen),
	  NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "GROUP", "group", ROWS_TEXT },
	{ "PROCESSES", "processes", ROWS_NUMBER },
	{ "STATE", "state", ROWS_TEXT },
	{ "CONTROLLERS", "controllers", ROWS_TEXT },
};

struct listing {
	const struct list_options *options;
	struct run_cgroup *cgroup;
	struct rows rows;
	struct json *json;
};

/* ",cpu,memory," as "cpu memory". */
static const char *spaced(struct arena *arena, const char *controllers)
{
	char *text = arena_strdup(arena, controllers + 1);
	size_t len = strlen(text);

	if (len)
		text[len - 1] = '\0';
	for (char *p = text; *p; p++)
		*p = *p == ',' ? ' ' : *p;
	return text;
}

/* The kernel's name of the process, "sleep"; NULL when it has ended. */
static const char *process_name(struct arena *arena, pid_t pid)
{
	char path[32], text[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	return file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0 ? NULL : arena_strdup(arena, text);
}

/* Two spaces a level below the first, and the last part of the path. */
static const char *indented(struct arena *arena, const char *base, const char *path)
{
	int depth = 0;

	for (const char *p = path; *p; p++)
		depth += *p == '/';
	return depth ? arena_printf(arena, "%*s%s", 2 * depth, "", strrchr(path, '/') + 1) : base;
}

static void add_json(struct listing *listing, const struct run_cgroup_entry *entry, const char *path)
{
	struct json *object = json_add_object(listing->json), *array;

	json_set_string(object, "path", path);
	json_set_u64(object, "processes", entry->processes);
	json_set_bool(object, "frozen", entry->frozen);
	array = json_set_array(object, "controllers");
	for (const char *at = entry->controllers; *(at += strspn(at, ",")); at += strcspn(at, ","))
		json_add_string(array,
				arena_printf(listing->cgroup->arena, "%.*s", (int)strcspn(at, ","), at));
	array = json_set_array(object, "hierarchies");
	for (size_t i = 0; i < listing->cgroup->count; i++)
		if (entry->places & 1u << i)
			json_add_string(array, run_cgroup_label(listing->cgroup->arena,
								listing->cgroup->places[i].hierarchy));
	if (!listing->options->processes)
		return;
	array = json_set_array(object, "pids");
	for (size_t i = 0; i < entry->pid_count; i++)
		if (i == 0 || entry->pids[i] != entry->pids[i - 1])
			json_add_u64(array, (uint64_t)entry->pids[i]);
}

static void add_row(struct listing *listing, const struct run_cgroup_entry *entry, const char *base)
{
	struct arena *arena = listing->cgroup->arena;
	const char *name = indented(arena, *base ? base : "/", entry->path);
	int indent = (int)strspn(name, " ") + 2;

	rows_add(&listing->rows, (const char *const[]){ name, arena_printf(arena, "%zu", entry->processes),
							entry->frozen      ? "frozen"
							: entry->processes ? "active"
									   : "empty",
							spaced(arena, entry->controllers) });
	for (size_t i = 0; listing->options->processes && i < entry->pid_count; i++) {
		const char *comm = process_name(arena, entry->pids[i]);

		if (comm && (i == 0 || entry->pids[i] != entry->pids[i - 1]))
			rows_add(&listing->rows,
				 (const char *const[]){ arena_printf(arena, "%*s%d %s", indent, "",
								     (int)entry->pids[i], comm),
							"", "", "" });
	}
}

static void add(struct listing *listing, const struct run_cgroup_entry *entry)
{
	const struct run_cgroup *cgroup = listing->cgroup;
	const char *base = !cgroup->path ? cgroup->name : strcmp(cgroup->path, "/") != 0 ? cgroup->path : "";
	const char *path = arena_printf(cgroup->arena, "%s%s", base, entry->path);

	if (listing->options->frozen && !entry->frozen)
		return;
	if (listing->options->quiet)
		puts(*path ? path : "/");
	else if (listing->json)
		add_json(listing, entry, *path ? path : "/");
	else
		add_row(listing, entry, base);
}

static int list(struct listing *listing, struct err *err)
{
	const struct list_options *options = listing->options;
	struct run_cgroup_tree tree = { 0 };
	unsigned what = options->frozen ? RUN_TREE_FROZEN : 0;
	int ret;

	if (!options->quiet)
		what |= RUN_TREE_PROCESSES | RUN_TREE_CONTROLLERS | RUN_TREE_FROZEN;
	ret = run_cgroup_tree_read(listing->cgroup, what, &tree, err);
	for (size_t i = 0; !ret && i < tree.count; i++)
		add(listing, &tree.entries[i]);
	if (!ret && listing->json)
		rows_print_json(listing->json, true);
	else if (!ret && !options->quiet)
		rows_print(&listing->rows);
	run_cgroup_tree_free(&tree);
	return ret ? -1 : rows_flush(err);
}

static int list_command(struct command_call *call, struct err *err)
{
	struct list_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct listing listing = { .options = &options,
				   .cgroup = &cgroup,
				   .rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) } };

	if (read)
		return read < 0 ? -1 : 0;
	if (nscgroup_open(call, operands.count ? operands.items[0] : "/", &cgroup, err))
		return -1;
	if (options.json && !options.quiet)
		listing.json = json_array();
	ret = list(&listing, err);
	json_free(listing.json);
	rows_free(&listing.rows);
	return ret;
}

const struct command nscgroup_list = {
	.name = "list",
	.synopsis = "[OPTIONS] [TARGET]",
	.summary = "list the groups below one, with their processes and controllers",
	.details = NSCGROUP_TARGET_HELP "Without one: all groups.\n",
	.tables = tables,
	.max_operands = 1,
	.run = list_command,
};
