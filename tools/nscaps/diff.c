/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/caps.h"
#include "kern/caps_process.h"
#include "nscaps/commands.h"
#include "nscaps/document.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"
#include "nscaps/target.h"

enum { DIFFER = 1 };

struct diff_options {
	bool json, quiet;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "print an object", OPTION_FLAG, offsetof(struct diff_options, json), NULL },
	{ "quiet", 'q', NULL, "print nothing: the exit status tells", OPTION_FLAG,
	  offsetof(struct diff_options, quiet), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* "web.json", "./spec", "-": a container's id has no slash. */
static bool is_document(const char *text)
{
	size_t length = strlen(text);

	return !strcmp(text, "-") || strchr(text, '/') || (length > 5 && !strcmp(text + length - 5, ".json"));
}

static int read_document(const char *text, struct kern_caps *caps, struct err *err)
{
	struct arena *arena = arena_new();
	struct document document;
	int ret = document_read(text, arena, &document, err);

	for (unsigned i = 0; !ret && i < NSCAPS_SETS; i++)
		*nscaps_set_of(caps, i) = document.sets[i].set;
	document_free(&document);
	arena_free(arena);
	return ret;
}

static int read_side(const struct command_call *call, const char *text, struct kern_caps *caps, struct err *err)
{
	struct kern_caps_process process;
	struct target target;
	int ret;

	*caps = (struct kern_caps){ 0 };
	if (is_document(text))
		return read_document(text, caps, err);
	ret = target_open(call, text, &target, err);
	if (!ret)
		ret = kern_caps_process_read(target.process.proc, &process, caps, err);
	target_close(&target);
	return ret;
}

static void print_side(char sign, const char *name, uint64_t set)
{
	auto_strbuf struct strbuf text = { 0 };

	if (!set)
		return;
	set_print_names(set, &text);
	printf("%c %-12s %s\n", sign, name, text.text);
}

static void print_text(struct kern_caps sides[2], const struct option_operands *operands)
{
	for (int side = 0; side < 2; side++) {
		printf("%s ", side ? "+++" : "---");
		rows_put(operands->items[side]);
		putchar('\n');
	}
	for (unsigned i = 0; i < NSCAPS_SETS; i++) {
		uint64_t first = *nscaps_set_of(&sides[0], i), second = *nscaps_set_of(&sides[1], i);

		print_side('-', nscaps_set_names[i], first & ~second);
		print_side('+', nscaps_set_names[i], second & ~first);
	}
}

static void print_json(struct kern_caps sides[2])
{
	struct json *root = json_object();

	for (unsigned i = 0; i < NSCAPS_SETS; i++) {
		uint64_t first = *nscaps_set_of(&sides[0], i), second = *nscaps_set_of(&sides[1], i);
		struct json *object = json_set_object(root, nscaps_set_names[i]);

		json_set(object, "onlyFirst", set_json(first & ~second));
		json_set(object, "onlySecond", set_json(second & ~first));
	}
	rows_print_json(root, true);
	json_free(root);
}

static int diff_command(struct command_call *call, struct err *err)
{
	struct diff_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct kern_caps sides[2];
	bool same;

	if (read)
		return read < 0 ? -1 : 0;
	if (!strcmp(operands.items[0], "-") && !strcmp(operands.items[1], "-"))
		return err_set(err, ERR_USAGE, "", "diff: standard input is one of the two, not both");
	for (int i = 0; i < 2; i++)
		if (read_side(call, operands.items[i], &sides[i], err))
			return -1;
	same = !memcmp(&sides[0], &sides[1], sizeof(sides[0]));
	if (options.json && !options.quiet)
		print_json(sides);
	else if (!same && !options.quiet)
		print_text(sides, &operands);
	call->status = same ? 0 : DIFFER;
	return rows_flush(err);
}

const struct command nscaps_diff = {
	.name = "diff",
	.synopsis = "[OPTIONS] FIRST SECOND",
	.summary = "show which capabilities one has and the other lacks",
	.details = "Each is the number of a process, \"self\", the id of a container, or a file with a\n"
		   "JSON spec (a name with a slash or ending in .json; - is standard input). \"-\" begins\n"
		   "what only the first has, \"+\" what only the second. Status 0: the same, 1: they\n"
		   "differ, 2: failed.\n",
	.tables = tables,
	.min_operands = 2,
	.max_operands = 2,
	.answers = true,
	.run = diff_command,
};
