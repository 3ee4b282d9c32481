/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "kern/caps.h"
#include "kern/caps_process.h"
#include "nscaps/commands.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"
#include "nscaps/target.h"

enum { LACKS = 1 };

struct test_options {
	int set; /* its place in the words below */
};

static const struct option_entry entries[] = {
	{ "set", 's', "effective|permitted|inheritable|bounding|ambient",
	  "which set must have it (default: effective)", OPTION_CHOICE, offsetof(struct test_options, set), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* 1: it has all of them, 0: it lacks some, -1 with err. */
static int test(const struct command_call *call, const struct test_options *options,
		const struct option_operands *operands, struct err *err)
{
	struct kern_caps_process process;
	struct kern_caps caps;
	struct target target;
	struct set wanted;
	int ret;

	if (set_parse("test", operands->items[0], 0, &wanted, err))
		return -1;
	ret = target_open(call, operands->count > 1 ? operands->items[1] : NULL, &target, err);
	if (!ret)
		ret = kern_caps_process_read(target.process.proc, &process, &caps, err);
	target_close(&target);
	if (ret)
		return -1;
	switch (options->set) {
	case 0:
		return !(wanted.all & ~caps.effective);
	case 1:
		return !(wanted.all & ~caps.permitted);
	case 2:
		return !(wanted.all & ~caps.inheritable);
	case 3:
		return !(wanted.all & ~caps.bounding);
	default:
		return !(wanted.all & ~caps.ambient);
	}
}

static int test_command(struct command_call *call, struct err *err)
{
	struct test_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), has;

	if (read)
		return read < 0 ? -1 : 0;
	has = test(call, &options, &operands, err);
	call->status = has > 0 ? 0 : LACKS;
	return has < 0 ? -1 : 0;
}

const struct command nscaps_test = {
	.name = "test",
	.synopsis = "[OPTIONS] SET [TARGET]",
	.summary = "tell by the exit status whether a process has capabilities",
	.details = "Status 0: it has all of them, 1: it has not, 2: that could not be found out.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 2,
	.answers = true,
	.run = test_command,
};
