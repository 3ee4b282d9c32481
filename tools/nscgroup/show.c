/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/number.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "plan/key.h"
#include "run/cgroup.h"
#include "run/cgroup_control.h"
#include "run/cgroup_key.h"

struct show_options {
	bool json, bytes;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "the same as an object, exact numbers", OPTION_FLAG,
	  offsetof(struct show_options, json), NULL },
	{ "bytes", 'b', NULL, "bytes as exact numbers", OPTION_FLAG, offsetof(struct show_options, bytes),
	  NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "HIERARCHY", "hierarchy", ROWS_TEXT },
	{ "MOUNTPOINT", "mountpoint", ROWS_TEXT },
	{ "GROUP", "group", ROWS_TEXT },
	{ "CONTROLLERS", "controllers", ROWS_TEXT },
};

/* The controllers that this very group has: "cpu memory". */
static const char *controllers_of(struct run_cgroup *cgroup, const struct run_cgroup_place *place)
{
	char text[1024] = "", *list;
	struct err ignored = { 0 };
	size_t len;

	if (place->hierarchy->v2) {
		if (place->group)
			kern_cgroup_read(place->group, "cgroup.controllers", text, sizeof(text), &ignored);
		return arena_strdup(cgroup->arena, text);
	}
	list = arena_strdup(cgroup->arena, place->hierarchy->controllers + 1);
	len = strlen(list);
	if (len)
		list[len - 1] = '\0';
	for (char *p = list; *p; p++)
		*p = *p == ',' ? ' ' : *p;
	return list;
}

static void add_place_json(struct run_cgroup *cgroup, const struct run_cgroup_place *place,
			   struct json *array)
{
	struct json *object = json_add_object(array), *controllers;
	const char *words = controllers_of(cgroup, place);

	json_set_string(object, "hierarchy", run_cgroup_label(cgroup->arena, place->hierarchy));
	json_set_u64(object, "version", place->hierarchy->v2 ? 2 : 1);
	json_set_string(object, "mountpoint", place->hierarchy->mountpoint);
	if (place->group)
		json_set_string(object, "path", place->path);
	else
		json_set_null(object, "path");
	controllers = json_set_array(object, "controllers");
	for (; *(words += strspn(words, " ")); words += strcspn(words, " "))
		json_add_string(controllers,
				arena_printf(cgroup->arena, "%.*s", (int)strcspn(words, " "), words));
}

static void set_value(struct json *object, const char *key, const char *value)
{
	uint64_t number;

	if (number_u64(value, &number) == 0)
		json_set_u64(object, key, number);
	else
		json_set_string(object, key, value);
}

static void print_json(struct run_cgroup *cgroup, size_t processes, bool frozen)
{
	struct json *object = json_object(), *part;

	json_set_string(object, "target", cgroup->name);
	json_set_string(object, "path", cgroup->path);
	json_set_u64(object, "processes", processes);
	json_set_bool(object, "frozen", frozen);
	part = json_set_array(object, "hierarchies");
	for (size_t i = 0; i < cgroup->count; i++)
		add_place_json(cgroup, &cgroup->places[i], part);
	part = json_set_object(object, "limits");
	for (const struct run_cgroup_limit *limit = run_cgroup_limits(cgroup); limit->key; limit++)
		set_value(part, limit->key, limit->value);
	rows_print_json(object, true);
	json_free(object);
}

static void print_limits(struct run_cgroup *cgroup, bool bytes)
{
	for (const struct run_cgroup_limit *limit = run_cgroup_limits(cgroup); limit->key; limit++)
		for (const char *line = limit->value; *line;
		     line += strcspn(line, "\n"), line += *line == '\n') {
			const char *value =
				arena_printf(cgroup->arena, "%.*s", (int)strcspn(line, "\n"), line);

			printf("%s=%s\n", limit->key,
			       bytes ? value : plan_key_human(cgroup->arena, limit->use, value));
		}
}

static void print_text(struct run_cgroup *cgroup, size_t processes, bool frozen, bool bytes)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };

	for (size_t i = 0; i < cgroup->count; i++) {
		const struct run_cgroup_place *place = &cgroup->places[i];

		rows_add(&rows, (const char *const[]){ run_cgroup_label(cgroup->arena, place->hierarchy),
						       place->hierarchy->mountpoint,
						       place->group ? place->path : NULL,
						       controllers_of(cgroup, place) });
	}
	rows_print(&rows);
	printf("\nprocesses=%zu\nfrozen=%s\n", processes, frozen ? "yes" : "no");
	print_limits(cgroup, bytes);
}

static int show_command(struct command_call *call, struct err *err)
{
	struct show_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), frozen;
	struct run_cgroup auto_cgroup cgroup = { 0 };
	auto_free pid_t *pids = NULL;
	size_t count;

	if (read)
		return read < 0 ? -1 : 0;
	if (nscgroup_open(call, operands.items[0], &cgroup, err) ||
	    run_cgroup_pids(&cgroup, false, &pids, &count, err))
		return -1;
	frozen = run_cgroup_is_frozen(&cgroup, err);
	if (frozen < 0)
		return -1;
	if (options.json)
		print_json(&cgroup, count, frozen);
	else
		print_text(&cgroup, count, frozen, options.bytes);
	return rows_flush(err);
}

const struct command nscgroup_show = {
	.name = "show",
	.synopsis = "[OPTIONS] TARGET",
	.summary = "show where a group is, its controllers, and every limit that is set",
	.details = NSCGROUP_TARGET_HELP,
	.tables = tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = show_command,
};
