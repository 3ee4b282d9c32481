/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/commands.h"
#include "nsinit/matching.h"
#include "nsinit/nsinit.h"
#include "run/run.h"

struct delete_options {
	bool force, regex;
};

static const struct option_entry entries[] = {
	{ "force", 'f', NULL, "whatever its state: kill what runs; no container of that id is no error",
	  OPTION_FLAG, offsetof(struct delete_options, force), NULL },
	{ "regex", 0, NULL, "ID is a regular expression: all containers that match", OPTION_FLAG,
	  offsetof(struct delete_options, regex), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int delete_one(const struct run_context *context, const char *id, void *data, struct err *err)
{
	const struct delete_options *options = data;
	char text[2560];

	if (run_delete(context, id, options->force, err) == 0)
		return 0;
	if (!options->force || err->kind != ERR_NOT_FOUND)
		return -1;
	/* What is to be gone is gone, as with rm -f: engines clean up twice, and show their user what we print. */
	log_info("%s", err_text(err, text, sizeof(text)));
	*err = (struct err){ 0 };
	return 0;
}

static int delete_all(const struct run_context *context, const char *const *patterns,
		      struct delete_options *options, struct err *err)
{
	struct arena *arena = arena_new();
	const char **ids;

	for (; *patterns; patterns++) {
		struct err failure = { 0 };

		if (matching_ids(context, *patterns, arena, &ids, &failure) == 0)
			matching_each(context, ids, delete_one, options, err);
		else if (!err_is_set(err))
			*err = failure;
	}
	arena_free(arena);
	return err_is_set(err) ? -1 : 0;
}

static int delete_command(struct command_call *call, struct err *err)
{
	struct delete_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	const char *const *ids = (const char *const *)operands.items;

	if (read)
		return read < 0 ? -1 : 0;
	if (options.regex)
		return delete_all(nsinit_context(call), ids, &options, err);
	return matching_each(nsinit_context(call), ids, delete_one, &options, err);
}

const struct command nsinit_delete = {
	.name = "delete",
	.synopsis = "[OPTIONS] ID...",
	.summary = "delete stopped containers",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = delete_command,
};
