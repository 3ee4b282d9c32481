/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/option.h"
#include "common/option_internal.h"

/* What getopt_long() gives back for the first of our entries; letters come back as what was typed. */
enum { HELP = 0x10000, FIRST };

/* The tables as getopt_long() takes them. */
struct getopt_tables {
	struct option *longs;
	char *letters;
};

static bool takes_argument(const struct option_entry *entry)
{
	return entry->argument && entry->argument[0] != '[';
}

/* Engines write --flag=true: a flag takes a value behind "=". */
static int has_argument(const struct option_entry *entry)
{
	return takes_argument(entry) ? required_argument : optional_argument;
}

static size_t count_entries(const struct option_table *const *tables)
{
	size_t count = 0;

	for (; *tables; tables++)
		count += (*tables)->count;
	return count;
}

/* The n-th entry of all tables, and its table's place. */
static const struct option_entry *nth_entry(const struct option_table *const *tables, size_t n, size_t *table)
{
	for (*table = 0; n >= tables[*table]->count; ++*table)
		n -= tables[*table]->count;
	return &tables[*table]->entries[n];
}

static struct getopt_tables build(const struct option_parse *parse)
{
	size_t count = count_entries(parse->tables), table, at = 0;
	struct getopt_tables built = { .longs = memory_zalloc(count + 2, sizeof(struct option)),
				       .letters = memory_zalloc(1, 3 * count + 8) };

	built.letters[at++] = parse->stop_at_operand ? '+' : '-';
	built.letters[at++] = ':';
	built.letters[at++] = 'h';
	for (size_t i = 0; i < count; i++) {
		const struct option_entry *entry = nth_entry(parse->tables, i, &table);

		built.longs[i] = (struct option){ .name = entry->name,
						  .has_arg = has_argument(entry),
						  .val = FIRST + (int)i };
		if (!entry->letter)
			continue;
		built.letters[at++] = entry->letter;
		if (takes_argument(entry))
			built.letters[at++] = ':';
	}
	built.longs[count] = (struct option){ .name = "help", .has_arg = no_argument, .val = HELP };
	return built;
}

static const struct option_entry *find_letter(const struct option_table *const *tables, int letter,
					      size_t *table)
{
	size_t count = count_entries(tables);

	for (size_t i = 0; i < count; i++) {
		const struct option_entry *entry = nth_entry(tables, i, table);

		if (entry->letter == letter)
			return entry;
	}
	return NULL;
}

/* The long options that begin with what was typed, as "--no-pivot, --no-subreaper"; how many there are. */
static size_t beginning_with(const struct option_parse *parse, const char *name, size_t length,
			     struct strbuf *names)
{
	size_t count = count_entries(parse->tables), found = 0, table;

	for (size_t i = 0; i < count; i++) {
		const struct option_entry *entry = nth_entry(parse->tables, i, &table);

		if (entry->help && strncmp(entry->name, name, length) == 0)
			strbuf_printf(names, "%s--%s", found++ ? ", " : "", entry->name);
	}
	return found;
}

static bool has_name(const struct option_table *const *tables, const char *name, size_t length)
{
	for (; tables && *tables; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			const char *known = (*tables)->entries[i].name;

			if (strlen(known) == length && !strncmp(known, name, length))
				return true;
		}
	return false;
}

static int unknown_letter(struct err *err)
{
	err_set(err, ERR_USAGE, "", "unknown option -%c", optopt);
	return err_hint(err, "--help lists the options");
}

/* "--roott=x" as it was typed: no option, or the beginning of several. */
static int unknown_name(const struct option_parse *parse, const char *typed, struct err *err)
{
	int length = (int)strcspn(typed, "=");
	auto_strbuf struct strbuf names = { 0 };
	const char *near;

	if (optopt == HELP)
		return err_set(err, ERR_USAGE, "", "--help takes no argument, found \"%.200s\"", typed);
	if (beginning_with(parse, typed + 2, (size_t)length - 2, &names) > 1) {
		err_set(err, ERR_USAGE, "", "%.*s may be several options", length, typed);
		return err_hint(err, "%s", names.text);
	}
	err_set(err, ERR_USAGE, "", "unknown option %.*s", length, typed);
	if (has_name(parse->before, typed + 2, (size_t)length - 2))
		return err_hint(err, "it stands before the command");
	near = option_nearest(parse->tables, typed);
	if (near)
		return err_hint(err, "did you mean --%s?", near);
	return err_hint(err, "--help lists the options");
}

static int missing_argument(const struct option_parse *parse, const char *typed, struct err *err)
{
	size_t table;
	const struct option_entry *entry =
		optopt >= FIRST ? nth_entry(parse->tables, (size_t)(optopt - FIRST), &table)
				: find_letter(parse->tables, optopt, &table);

	return err_set(err, ERR_USAGE, "", "%s needs an argument: %s", typed, entry ? entry->argument : "");
}

/* One option. 0, or -1 with err. */
static int take(struct option_parse *parse, int found, const char *typed, struct err *err)
{
	const struct option_entry *entry;
	size_t table = 0;

	switch (found) {
	case 'h':
	case HELP:
		parse->help = true;
		return 0;
	case '?':
		return strncmp(typed, "--", 2) ? unknown_letter(err) : unknown_name(parse, typed, err);
	case ':':
		return missing_argument(parse, typed, err);
	default:
		break;
	}
	entry = found >= FIRST ? nth_entry(parse->tables, (size_t)(found - FIRST), &table)
			       : find_letter(parse->tables, found, &table);
	/* getopt_long() was given our own table: it finds what stands there. */
	if (!entry)
		return unknown_letter(err);
	return option_set(entry, (char *)parse->targets[table] + entry->offset, optarg, err);
}

static void add_operand(struct option_operands *operands, char *operand)
{
	operands->items = memory_grow(operands->items, (size_t)operands->count + 2, sizeof(*operands->items));
	operands->items[operands->count++] = operand;
	operands->items[operands->count] = NULL;
}

int option_parse(struct option_parse *parse, int argc, char **argv, struct option_operands *operands,
		 struct err *err)
{
	static const struct option_table *const none[] = { NULL };
	struct getopt_tables built;
	int found, ret = 0, at;

	if (!parse->tables)
		parse->tables = none;
	built = build(parse);
	*operands = (struct option_operands){ .items = memory_zalloc(1, sizeof(char *)), .dashes = -1 };
	opterr = 0;
	optind = 0; /* GNU: start anew */
	for (at = 1; !ret && !parse->help; at = optind) {
		optopt = 0;
		found = getopt_long(argc, argv, built.letters, built.longs, NULL);
		if (found == -1) {
			/* Behind "--" everything is an operand; an option may have taken one as its argument.
			 */
			if (at < argc && !strcmp(argv[at], "--"))
				operands->dashes = operands->count;
			break;
		}
		if (found == 1)
			add_operand(operands, optarg);
		else
			ret = take(parse, found, argv[at], err);
	}
	for (at = optind; !ret && !parse->help && at < argc; at++)
		add_operand(operands, argv[at]);
	free(built.longs);
	free(built.letters);
	return ret;
}

void option_operands_free(struct option_operands *operands)
{
	free(operands->items);
	*operands = (struct option_operands){ 0 };
}

void option_texts_free(struct option_texts *texts)
{
	free(texts->items);
	*texts = (struct option_texts){ 0 };
}
