/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nscaps/commands.h"
#include "nscaps/set.h"

struct encode_options {
	bool json;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "print an object", OPTION_FLAG, offsetof(struct encode_options, json), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static void print_json(uint64_t set)
{
	struct json *object = json_object();
	char text[24];

	snprintf(text, sizeof(text), "0x%016" PRIx64, set);
	json_set_string(object, "mask", text);
	json_set(object, "capabilities", set_json(set));
	rows_print_json(object, true);
	json_free(object);
}

static int encode_command(struct command_call *call, struct err *err)
{
	struct encode_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	uint64_t sum = 0;

	if (read)
		return read < 0 ? -1 : 0;
	for (int i = 0; i < operands.count; i++) {
		struct set set;

		/* "-chown" takes from those before. */
		if (set_parse("encode", operands.items[i], sum, &set, err))
			return -1;
		sum = operands.items[i][0] == '-' ? set.all : sum | set.all;
	}
	if (options.json)
		print_json(sum);
	else
		printf("%016" PRIx64 "\n", sum);
	return rows_flush(err);
}

const struct command nscaps_encode = {
	.name = "encode",
	.synopsis = "[OPTIONS] SET...",
	.summary = "print the mask of capabilities, as in /proc/PID/status",
	.details = "A SET is names and numbers with commas, masks (0x3000), all, none, default; -NAME\n"
		   "takes one away: all,-sys_admin.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = encode_command,
};
