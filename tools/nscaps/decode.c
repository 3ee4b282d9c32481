/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nscaps/commands.h"
#include "nscaps/set.h"

struct decode_options {
	bool json;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "print an array of objects", OPTION_FLAG, offsetof(struct decode_options, json),
	  NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static void print_text(uint64_t mask)
{
	auto_strbuf struct strbuf names = { 0 };

	set_print_names(mask, &names);
	printf("0x%016" PRIx64 "=%s\n", mask, names.text);
}

static void add_json(struct json *array, uint64_t mask)
{
	struct json *object = json_add_object(array);
	char text[24];

	snprintf(text, sizeof(text), "0x%016" PRIx64, mask);
	json_set_string(object, "mask", text);
	json_set(object, "capabilities", set_json(mask));
}

static int decode_command(struct command_call *call, struct err *err)
{
	struct decode_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	auto_free uint64_t *masks = NULL;
	struct json *array;

	if (read)
		return read < 0 ? -1 : 0;
	masks = memory_zalloc((size_t)operands.count, sizeof(*masks));
	for (int i = 0; i < operands.count; i++)
		if (set_parse_mask(operands.items[i], &masks[i])) {
			err_set(err, ERR_USAGE, "",
				"decode: expected a mask of at most 64 bits in hexadecimal, found \"%.64s\"",
				operands.items[i]);
			return err_hint(err, "as in /proc/PID/status: 00000000a80425fb");
		}
	array = json_array();
	for (int i = 0; i < operands.count; i++)
		if (options.json)
			add_json(array, masks[i]);
		else
			print_text(masks[i]);
	if (options.json)
		rows_print_json(array, true);
	json_free(array);
	return rows_flush(err);
}

const struct command nscaps_decode = {
	.name = "decode",
	.synopsis = "[OPTIONS] MASK...",
	.summary = "print the names of the capabilities in masks",
	.details = "A MASK is hexadecimal, as in /proc/PID/status, with or without 0x.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = decode_command,
};
