/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "run/run.h"
#include "spec/spec.h"
#include "state/state.h"

static int print(const struct run_context *context, const char *id, struct arena *arena, struct err *err)
{
	struct err unreadable = { 0 };
	struct state state = { 0 };
	struct spec *spec;
	struct json *json;

	if (run_state(context, id, arena, &state, err))
		return -1;
	/* A container whose making was cut short may have no spec yet: its state can be told all the same. */
	spec = run_spec(context, id, &unreadable);
	json = run_state_json(&state, run_status(&state), spec);
	rows_print_json(json, true);
	json_free(json);
	spec_free(spec);
	return rows_flush(err);
}

static int state_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err), ret;
	struct arena *arena;

	if (read)
		return read < 0 ? -1 : 0;
	arena = arena_new();
	ret = print(nsinit_context(call), operands.items[0], arena, err);
	arena_free(arena);
	return ret;
}

const struct command nsinit_state = {
	.name = "state",
	.synopsis = "ID",
	.summary = "print a container's state as JSON",
	.min_operands = 1,
	.max_operands = 1,
	.run = state_command,
};
