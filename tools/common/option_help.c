/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "common/option.h"

#define COLUMN_MAX 34 /* names longer than this stand on a line of their own */

/* What every command understands without an entry of its own. */
static const struct option_entry help_entry = { .name = "help",
						.letter = 'h',
						.help = "print this and do nothing" };

/* "  -b, --bundle DIR", "      --rootless[=BOOL]"; returns its length. */
static int name_of(const struct option_entry *entry, char *buf, size_t size)
{
	char letter[5] = "    ";

	if (entry->letter)
		snprintf(letter, sizeof(letter), "-%c, ", entry->letter);
	if (!entry->argument)
		return snprintf(buf, size, "  %s--%s", letter, entry->name);
	if (entry->argument[0] == '[')
		return snprintf(buf, size, "  %s--%s[=%s", letter, entry->name, entry->argument + 1);
	return snprintf(buf, size, "  %s--%s %s", letter, entry->name, entry->argument);
}

static int column_of(const struct option_table *const *tables)
{
	char name[256];
	int column = name_of(&help_entry, name, sizeof(name));

	for (; *tables; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			int length = name_of(&(*tables)->entries[i], name, sizeof(name));

			if ((*tables)->entries[i].help && length > column && length <= COLUMN_MAX)
				column = length;
		}
	return column + 2;
}

static void print_entry(const struct option_entry *entry, int column, FILE *out)
{
	char name[256];

	if (!entry->help)
		return;
	if (name_of(entry, name, sizeof(name)) > column - 2)
		fprintf(out, "%s\n%*s%s\n", name, column, "", entry->help);
	else
		fprintf(out, "%-*s%s\n", column, name, entry->help);
}

void option_print_help(const struct option_table *const *tables, FILE *out)
{
	static const struct option_table none = { .title = "Options" };
	static const struct option_table *const only_help[] = { &none, NULL };
	int column;

	if (!tables || !*tables)
		tables = only_help;
	column = column_of(tables);
	for (const struct option_table *const *each = tables; *each; each++) {
		/* tables of one title that follow each other stand under it together */
		if (each == tables || strcmp(each[-1]->title, (*each)->title) != 0)
			fprintf(out, "\n%s:\n", (*each)->title);
		for (size_t i = 0; i < (*each)->count; i++)
			print_entry(&(*each)->entries[i], column, out);
		if (each == tables)
			print_entry(&help_entry, column, out);
	}
}

static void list_entry(const struct option_entry *entry, FILE *out)
{
	if (!entry->help)
		return;
	fprintf(out, "--%s\t", entry->name);
	if (entry->letter)
		fprintf(out, "-%c", entry->letter);
	fprintf(out, "\t%s\t%s\n", entry->argument ? entry->argument : "", entry->help);
}

void option_print_list(const struct option_table *const *tables, FILE *out)
{
	for (; tables && *tables; tables++)
		for (size_t i = 0; i < (*tables)->count; i++)
			list_entry(&(*tables)->entries[i], out);
	list_entry(&help_entry, out);
}
