/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line by getopt_long(3), with its messages: they are what scripts
 * know. An abbreviation that means one of util-linux's options goes on meaning
 * it, whatever came later: a table's names are only looked at when no name of
 * the tables before it begins so.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "common/option.h"
#include "common/option_internal.h"
#include "run/attach.h"
#include "nsenter/nsenter.h"

enum { LONG_MAX_COUNT = 64, FIRST = 0x100 };

struct parser {
	struct option longs[LONG_MAX_COUNT + 1]; /* of one table */
	const struct option_table *table;
};

static int has_argument(const struct option_entry *entry)
{
	if (!entry->argument)
		return no_argument;
	return entry->argument[0] == '[' ? optional_argument : required_argument;
}

/* Letters are those of all tables. */
static void list_letters(char letters[3 * LONG_MAX_COUNT + 2])
{
	*letters++ = '+';
	for (const struct option_table *const *table = nsenter_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct option_entry *entry = &(*table)->entries[i];
			int has = has_argument(entry);

			if (!entry->letter)
				continue;
			*letters++ = entry->letter;
			for (int colons = has == no_argument ? 0 : has == required_argument ? 1 : 2; colons; colons--)
				*letters++ = ':';
		}
	*letters = '\0';
}

/* Does an option of the table begin like "name" or "name=value"? */
static bool begins(const struct option_table *table, const char *typed)
{
	size_t length = strcspn(typed, "=");

	for (size_t i = 0; i < table->count; i++)
		if (!strncmp(table->entries[i].name, typed, length))
			return true;
	return false;
}

/* The table for the word at hand: the first where none of them knows it. */
static void choose_table(struct parser *parser, const char *word)
{
	const struct option_table *const *table = nsenter_tables;

	if (word && !strncmp(word, "--", 2) && word[2])
		while (*table && !begins(*table, word + 2))
			table++;
	parser->table = *table ? *table : nsenter_tables[0];
	memset(parser->longs, 0, sizeof(parser->longs));
	for (size_t i = 0; parser->table && i < parser->table->count && i < LONG_MAX_COUNT; i++) {
		const struct option_entry *entry = &parser->table->entries[i];

		parser->longs[i] = (struct option){ entry->name, has_argument(entry), NULL, FIRST + (int)i };
	}
}

static const struct option_entry *find_entry(const struct parser *parser, int found)
{
	if (found >= FIRST)
		return &parser->table->entries[found - FIRST];
	for (const struct option_table *const *table = nsenter_tables; *table && found != '?'; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			if ((*table)->entries[i].letter == found)
				return &(*table)->entries[i];
	return NULL;
}

/*
 * Up to util-linux 2.41 -W took the next word: it does still where that is an
 * absolute path, and more comes.
 */
static const char *separate_directory(const struct option_entry *entry, int argc, char **argv)
{
	if (entry->letter != 'W' || optarg || optind + 1 >= argc || argv[optind][0] != '/')
		return optarg;
	return argv[optind++];
}

static int take(struct nsenter *nsenter, const struct option_entry *entry, const char *text, struct err *err)
{
	return option_set(entry, (char *)nsenter + entry->offset, text, err);
}

int nsenter_read(struct nsenter *nsenter, int argc, char **argv, struct err *err)
{
	char letters[3 * LONG_MAX_COUNT + 2];
	struct parser parser;
	int found;

	list_letters(letters);
	optind = 1;
	/* --help and --version at once: what comes behind does not matter. */
	while (!nsenter->help && !nsenter->version) {
		const struct option_entry *entry;

		choose_table(&parser, optind < argc ? argv[optind] : NULL);
		found = getopt_long(argc, argv, letters, parser.longs, NULL);
		if (found == -1)
			break;
		entry = find_entry(&parser, found);
		if (!entry) {
			fprintf(stderr, "Try '%s --help' for more information.\n", program_invocation_short_name);
			return 1;
		}
		if (take(nsenter, entry, separate_directory(entry, argc, argv), err))
			return -1;
	}
	nsenter->program = argv + optind;
	return 0;
}

int nsenter_check(const struct nsenter *nsenter, struct err *err)
{
	if (nsenter->attach.wdns && nsenter->attach.wd.given)
		return err_set(err, ERR_USAGE, "", "mutually exclusive arguments: --wdns --wd");
	if (nsenter->has_elevated && !nsenter->like_init)
		return err_set(err, ERR_USAGE, "", "--elevated needs --like-init");
	if (nsenter->keep_variables.count && !nsenter->clear_env)
		return err_set(err, ERR_USAGE, "", "--keep-var needs --clear-env");
	if (nsenter->json && !nsenter->list)
		return err_set(err, ERR_USAGE, "", "--json needs --list");
	if (nsenter->remount && nsenter->attach.ns[NSENTER_MOUNT].given)
		return err_set(err, ERR_USAGE, "", "--remount-sys-proc goes without --mount");
	if (nsenter->attach.label && !*nsenter->attach.label)
		return err_set(err, ERR_USAGE, "", "--context: expected a label, found \"\"");
	for (size_t i = 0; i < nsenter->keep_variables.count; i++)
		if (!*nsenter->keep_variables.items[i] || strchr(nsenter->keep_variables.items[i], '='))
			return err_set(err, ERR_USAGE, "", "--keep-var: expected NAME, found \"%.100s\"",
				       nsenter->keep_variables.items[i]);
	for (size_t i = 0; i < nsenter->set_variables.count; i++)
		if (strchr(nsenter->set_variables.items[i], '=') <= nsenter->set_variables.items[i])
			return err_set(err, ERR_USAGE, "", "--set-var: expected NAME=VALUE, found \"%.100s\"",
				       nsenter->set_variables.items[i]);
	return 0;
}
