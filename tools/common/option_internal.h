/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of common/option*.c. */
#ifndef NSTOOLS_COMMON_OPTION_INTERNAL_H
#define NSTOOLS_COMMON_OPTION_INTERNAL_H

struct err;
struct option_entry;
struct option_table;

/* Put the text (NULL: none was given) into the value of the entry's kind. */
int option_set(const struct option_entry *entry, void *value, const char *text, struct err *err);
/* The option whose name is nearest to what was typed ("--roott=x"), or NULL. */
const char *option_nearest(const struct option_table *const *tables, const char *typed);

#endif
