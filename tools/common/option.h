/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options as data. A table says what an option is called, what it takes, its
 * help line and where its value goes; the parser (getopt_long), --help, the
 * shell completion and the check against the man page all read it.
 */
#ifndef NSTOOLS_COMMON_OPTION_H
#define NSTOOLS_COMMON_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct err;

/* The type that `offset` in the target points to, and how text becomes it. */
enum option_kind {
	OPTION_FLAG,     /* bool: true when given; takes nothing */
	OPTION_TEXT,     /* const char * */
	OPTION_TEXTS,    /* struct option_texts: each one given, in order */
	OPTION_CHOICE,   /* int: its place among the words of `argument`, "text|json" -> 0, 1 */
	OPTION_UNSIGNED, /* uint32_t */
	OPTION_U64,      /* uint64_t */
	OPTION_I64,      /* int64_t */
	OPTION_BYTES,    /* uint64_t: "256M" */
	OPTION_TIME,     /* uint64_t: microseconds, of "1.5s" */
	OPTION_CALL,     /* parse(target + offset, text, err) does it; text is NULL where none was given */
};

struct option_texts {
	const char **items;
	size_t count;
};

struct option_entry {
	const char *name;     /* "root": given as --root */
	char letter;          /* 'b' for -b, or 0 */
	const char *argument; /* what it takes: "DIR", "text|json"; "[BOOL]" may be left out; NULL: nothing */
	const char *help;     /* one line, no full stop; NULL: understood, but not in --help */
	enum option_kind kind;
	size_t offset; /* offsetof() the value in the table's target */
	int (*parse)(void *value, const char *text, struct err *err);
};

/* Options under one title. The target is given when parsing: tables are constant and shared by commands. */
struct option_table {
	const char *title; /* in --help: "Options", "Resources" */
	const struct option_entry *entries;
	size_t count;
};

/* What is left of a command line. */
struct option_operands {
	char **items; /* NULL at the end; option_operands_free() */
	int count;
	int dashes; /* how many of them stand before a "--"; -1 where there was none */
};

/*
 * Read argv[1..argc-1] by the tables (NULL at the end); targets[n] is what
 * table n's offsets count from. With stop_at_operand the first operand ends
 * the options. *help is set by --help or -h. 0, or -1 with err (ERR_USAGE),
 * which names the nearest option where one was misspelt, or one of `before`.
 */
struct option_parse {
	const struct option_table *const *tables;
	void *const *targets;
	const struct option_table *const *before; /* what stands before the command, for the hint; or NULL */
	bool stop_at_operand;
	bool help;
};
int option_parse(struct option_parse *parse, int argc, char **argv, struct option_operands *operands,
		 struct err *err);
void option_operands_free(struct option_operands *operands);
void option_texts_free(struct option_texts *texts);

/* "true", "false", and Go's and the shell's other words for them. 0, or -1 and *value as it was. */
int option_bool(const char *text, bool *value);

/* The tables as --help shows them, with --help itself; nothing in them is fine. */
void option_print_help(const struct option_table *const *tables, FILE *out);
/* One line an option, for completion and checks: "--root\t-b\tDIR\thelp", empty where there is none. */
void option_print_list(const struct option_table *const *tables, FILE *out);

#endif
