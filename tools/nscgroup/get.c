/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/number.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "plan/key.h"
#include "run/cgroup.h"
#include "run/cgroup_key.h"

struct get_options {
	bool bytes, json, values;
};

static const struct option_entry entries[] = {
	{ "bytes", 'b', NULL, "bytes as exact numbers", OPTION_FLAG, offsetof(struct get_options, bytes),
	  NULL },
	{ "values", 'n', NULL, "only the values, without the keys", OPTION_FLAG,
	  offsetof(struct get_options, values), NULL },
	{ "json", 0, NULL, "an object with a member for each key, exact numbers", OPTION_FLAG,
	  offsetof(struct get_options, json), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* A line of the value is a line of output, each with the key: what get prints, set takes. */
static void print_lines(struct arena *arena, const struct plan_key_use *use, const char *value,
			const struct get_options *options)
{
	do {
		size_t len = strcspn(value, "\n");
		const char *line = arena_printf(arena, "%.*s", (int)len, value);

		if (!options->bytes)
			line = plan_key_human(arena, use, line);
		if (options->values)
			puts(line);
		else
			printf("%s=%s\n", use->name, line);
		value += len + (value[len] == '\n');
	} while (*value);
}

static void set_json(struct json *object, const char *key, const char *value)
{
	uint64_t number;
	int64_t negative;

	if (number_u64(value, &number) == 0)
		json_set_u64(object, key, number);
	else if (number_i64(value, &negative) == 0)
		json_set_i64(object, key, negative);
	else
		json_set_string(object, key, value);
}

/* All are read before the first is printed: an error prints nothing. */
static int get(struct run_cgroup *cgroup, char **keys, size_t count, const struct get_options *options,
	       struct err *err)
{
	struct plan_key_use *uses = arena_array(cgroup->arena, count, sizeof(*uses));
	const char **values = arena_array(cgroup->arena, count, sizeof(*values));
	struct json *object;

	for (size_t i = 0; i < count; i++) {
		values[i] = run_cgroup_get(cgroup, keys[i], &uses[i], err);
		if (!values[i])
			return nscgroup_hint_key(err);
	}
	if (!options->json) {
		for (size_t i = 0; i < count; i++)
			print_lines(cgroup->arena, &uses[i], values[i], options);
		return rows_flush(err);
	}
	object = json_object();
	for (size_t i = 0; i < count; i++)
		set_json(object, keys[i], values[i]);
	rows_print_json(object, true);
	json_free(object);
	return rows_flush(err);
}

static int get_command(struct command_call *call, struct err *err)
{
	struct get_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct run_cgroup auto_cgroup cgroup = { 0 };

	if (read)
		return read < 0 ? -1 : 0;
	if (nscgroup_open(call, operands.items[0], &cgroup, err))
		return -1;
	return get(&cgroup, operands.items + 1, (size_t)operands.count - 1, &options, err);
}

const struct command nscgroup_get = {
	.name = "get",
	.synopsis = "[OPTIONS] TARGET KEY...",
	.summary = "print limits and figures of a group",
	.details = NSCGROUP_TARGET_HELP NSCGROUP_KEYS_HELP "Prints KEY=VALUE lines, which set takes back.\n",
	.tables = tables,
	.min_operands = 2,
	.max_operands = -1,
	.run = get_command,
};
