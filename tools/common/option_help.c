/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "common/option.h"

#define COLUMN_MAX 34 /* names longer than this stand on a line of their own */

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
	int column = 0;

	for (; *tables; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			int length = name_of(&(*tables)->entries[i], name, sizeof(name));

			if ((*tables)->entries[i].help && length > column && length <= COLUMN_MAX)
				column = length;
		}
	return column + 2;
}

void option_print_help(const struct option_table *const *tables, FILE *out)
{
	int column = column_of(tables);
	char name[256];

	for (; *tables; tables++) {
		fprintf(out, "\n%s:\n", (*tables)->title);
		for (size_t i = 0; i < (*tables)->count; i++) {
			const struct option_entry *entry = &(*tables)->entries[i];

			if (!entry->help)
				continue;
			if (name_of(entry, name, sizeof(name)) > column - 2)
				fprintf(out, "%s\n%*s%s\n", name, column, "", entry->help);
			else
				fprintf(out, "%-*s%s\n", column, name, entry->help);
		}
	}
}

void option_print_list(const struct option_table *const *tables, FILE *out)
{
	for (; *tables; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			const struct option_entry *entry = &(*tables)->entries[i];

			if (!entry->help)
				continue;
			fprintf(out, "--%s\t", entry->name);
			if (entry->letter)
				fprintf(out, "-%c", entry->letter);
			fprintf(out, "\t%s\t%s\n", entry->argument ? entry->argument : "", entry->help);
		}
}
