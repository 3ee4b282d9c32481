/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pause and resume: several at once, each tried whatever becomes of the others. */
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/commands.h"
#include "nsinit/matching.h"
#include "nsinit/nsinit.h"
#include "run/run.h"

static int each(struct command_call *call, matching_function *function, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	return matching_each(nsinit_context(call), (const char *const *)operands.items, function, NULL, err);
}

static int pause_one(const struct run_context *context, const char *id, void *data, struct err *err)
{
	(void)data;
	return run_pause(context, id, err);
}

static int resume_one(const struct run_context *context, const char *id, void *data, struct err *err)
{
	(void)data;
	return run_resume(context, id, err);
}

static int pause_command(struct command_call *call, struct err *err)
{
	return each(call, pause_one, err);
}

static int resume_command(struct command_call *call, struct err *err)
{
	return each(call, resume_one, err);
}

const struct command nsinit_pause = {
	.name = "pause",
	.synopsis = "ID...",
	.summary = "freeze all processes of containers",
	.min_operands = 1,
	.max_operands = -1,
	.run = pause_command,
};

const struct command nsinit_resume = {
	.name = "resume",
	.synopsis = "ID...",
	.summary = "let paused containers go on",
	.min_operands = 1,
	.max_operands = -1,
	.run = resume_command,
};
