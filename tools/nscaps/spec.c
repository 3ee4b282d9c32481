/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nscaps/commands.h"
#include "nscaps/document.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"

struct spec_options {
	const char *keep, *add, *drop;
};

static const struct option_entry entries[] = {
	{ "keep", 0, "SET", "what the process shall have; the rest is dropped", OPTION_TEXT,
	  offsetof(struct spec_options, keep), NULL },
	{ "add", 0, "SET", "what it shall have more", OPTION_TEXT, offsetof(struct spec_options, add), NULL },
	{ "drop", 0, "SET", "what it shall not have, in no set", OPTION_TEXT,
	  offsetof(struct spec_options, drop), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* What the options say. */
struct change {
	bool keeps;
	struct set keep, add, drop;
};

enum { PERMITTED, EFFECTIVE, INHERITABLE, BOUNDING, AMBIENT }; /* nscaps_set_names */

static int read_change(const struct spec_options *options, struct change *change, struct err *err)
{
	if ((options->keep && set_parse("--keep", options->keep, 0, &change->keep, err)) ||
	    (options->add && set_parse("--add", options->add, 0, &change->add, err)) ||
	    (options->drop && set_parse("--drop", options->drop, 0, &change->drop, err)))
		return -1;
	change->keeps = options->keep;
	if (!(change->add.named & change->drop.named))
		return 0;
	err_set(err, ERR_USAGE, "", "the same capability is given to --add and to --drop");
	return -1;
}

/*
 * As nsinit's --cap-add and --cap-drop. A process that is not root's keeps
 * across execve what is ambient, and nothing else (capabilities(7)).
 */
static void apply(const struct change *change, struct document *document)
{
	struct document_set *sets = document->sets;
	bool root = document->uid == 0;
	uint64_t add = change->add.all, drop = change->drop.all & ~change->add.named;

	if (!document->has_capabilities && !document->bare && !add && !change->keeps)
		return; /* the spec gives none: there is none to drop */
	document->has_capabilities = true;
	for (unsigned i = 0; i < NSCAPS_SETS; i++) {
		bool has_all = i == PERMITTED || i == EFFECTIVE || i == BOUNDING || (!root && !document->bare);

		if (change->keeps) {
			sets[i].set = has_all ? change->keep.all : sets[i].set & change->keep.all;
			sets[i].unknown_count = 0;
		}
		if (has_all)
			sets[i].set |= add;
		sets[i].set &= ~drop;
		sets[i].given |= has_all && (add || change->keeps);
	}
}

static int filter(const char *path, const struct change *change, struct err *err)
{
	struct arena *arena = arena_new();
	struct document document;
	struct json *json;
	int ret = document_read(path, arena, &document, err);

	if (!ret) {
		apply(change, &document);
		json = document_write(&document);
		rows_print_json(json, true);
		json_free(json);
	}
	document_free(&document);
	arena_free(arena);
	return rows_flush(err) || ret ? -1 : 0;
}

static int spec_command(struct command_call *call, struct err *err)
{
	struct spec_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct change change = { 0 };

	if (read)
		return read < 0 ? -1 : 0;
	if (!operands.count && isatty(STDIN_FILENO)) {
		err_set(err, ERR_USAGE, "", "a spec is read from standard input, which is a terminal");
		return err_hint(err, "nsinit spec | nscaps spec --drop NET_RAW, or name a file");
	}
	if (read_change(&options, &change, err))
		return -1;
	return filter(operands.count ? operands.items[0] : "-", &change, err);
}

const struct command nscaps_spec = {
	.name = "spec",
	.synopsis = "[OPTIONS] [FILE]",
	.summary = "change the capabilities in a container's spec",
	.details = "A filter: reads the JSON spec from standard input, or FILE, and prints it with\n"
		   "other capabilities; all else in it stays as it is. First comes --keep, then --add,\n"
		   "then --drop: \"--add all --drop net_raw\" is all but one.\n",
	.tables = tables,
	.max_operands = 1,
	.run = spec_command,
};
