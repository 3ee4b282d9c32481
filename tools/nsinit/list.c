/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "run/run.h"
#include "spec/spec.h"
#include "state/state.h"

enum { FORMAT_TABLE, FORMAT_JSON };

struct list_options {
	int format;
	bool quiet, json;
};

static const struct option_entry entries[] = {
	{ "format", 'f', "table|json", "how to print it", OPTION_CHOICE,
	  offsetof(struct list_options, format), NULL },
	{ "json", 0, NULL, "the same as --format json", OPTION_FLAG, offsetof(struct list_options, json),
	  NULL },
	{ "quiet", 'q', NULL, "only the ids", OPTION_FLAG, offsetof(struct list_options, quiet), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "ID", "id", ROWS_TEXT },           { "PID", "pid", ROWS_NUMBER },
	{ "STATUS", "status", ROWS_TEXT },   { "BUNDLE", "bundle", ROWS_TEXT },
	{ "CREATED", "created", ROWS_TEXT }, { "OWNER", "owner", ROWS_TEXT },
};

struct listing {
	const struct list_options *options;
	const struct run_context *context;
	struct arena *arena;
	struct rows rows;
	struct json *json;
};

static const char *owner_name(struct arena *arena, uint32_t uid)
{
	const struct passwd *entry = getpwuid(uid);

	return entry ? arena_strdup(arena, entry->pw_name) : arena_printf(arena, "#%u", uid);
}

static void add(struct listing *listing, const char *id, const struct state *state)
{
	const char *status = run_status(state);
	bool stopped = !strcmp(status, "stopped");
	struct err unreadable = { 0 };
	struct spec *spec;

	if (listing->json) {
		spec = run_spec(listing->context, id, &unreadable);
		json_add(listing->json, run_state_json(state, status, spec));
		spec_free(spec);
		return;
	}
	rows_add(&listing->rows,
		 (const char *const[]){ id, arena_printf(listing->arena, "%d", stopped ? 0 : (int)state->pid),
					status, state->bundle, state->created,
					owner_name(listing->arena, state->owner) });
}

static int collect(struct listing *listing, const char **ids, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct state state = { 0 };
		struct err failure = { 0 };

		if (listing->options->quiet) {
			puts(ids[i]);
			continue;
		}
		if (run_state(listing->context, ids[i], listing->arena, &state, &failure) == 0) {
			add(listing, ids[i], &state);
		} else if (failure.kind != ERR_NOT_FOUND) {
			/* One that cannot be read must not hide the others; one that is deleted meanwhile is
			 * none. */
			log_error(&failure);
			if (!err_is_set(err))
				err_set(err, ERR_STATE, "list", "not every container could be read");
		}
	}
	return err_is_set(err) ? -1 : 0;
}

static int list(struct listing *listing, struct err *err)
{
	struct err absent = { 0 };
	auto_close int root = state_root_open(listing->context->root_path, false, &absent);
	const char **ids = NULL;
	size_t count = 0;
	int ret;

	if (root < 0 && absent.kind != ERR_NOT_FOUND) {
		*err = absent;
		return -1;
	}
	if (root >= 0 && state_list(root, listing->arena, &ids, &count, err))
		return -1;
	ret = collect(listing, ids, count, err);
	if (listing->json)
		rows_print_json(listing->json, true);
	else if (!listing->options->quiet)
		rows_print(&listing->rows);
	return rows_flush(err) || ret ? -1 : 0;
}

static int list_command(struct command_call *call, struct err *err)
{
	struct list_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct listing listing = { .options = &options,
				   .context = nsinit_context(call),
				   .rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) } };

	if (read)
		return read < 0 ? -1 : 0;
	listing.arena = arena_new();
	if (!options.quiet && (options.json || options.format == FORMAT_JSON))
		listing.json = json_array();
	ret = list(&listing, err);
	json_free(listing.json);
	rows_free(&listing.rows);
	arena_free(listing.arena);
	return ret;
}

const struct command nsinit_list = {
	.name = "list",
	.synopsis = "[OPTIONS]",
	.summary = "list the containers",
	.tables = tables,
	.run = list_command,
};
