/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as an aligned table or as JSON, from the same cells. */
#ifndef NSTOOLS_COMMON_ROWS_H
#define NSTOOLS_COMMON_ROWS_H

#include <stdbool.h>
#include <stddef.h>

struct json;

enum rows_kind {
	ROWS_TEXT,
	ROWS_NUMBER,	/* to the right in the table; a number in JSON */
	ROWS_JSON_ONLY, /* text, not in the table */
};

struct rows_column {
	const char *title; /* "STATUS" */
	const char *key;   /* "status" */
	enum rows_kind kind;
};

/* {.columns, .column_count} is a valid empty one; rows_free(). */
struct rows {
	const struct rows_column *columns;
	size_t column_count;
	char **cells; /* count * column_count, copied */
	size_t count, size;
};

/* One cell a column; NULL is "-" in the table and null in JSON. */
void rows_add(struct rows *rows, const char *const *cells);
/* A name, to standard output; control characters are shown as "?". */
void rows_put(const char *text);
/* To standard output, the titles first. Control characters are shown as "?". */
void rows_print(const struct rows *rows);
/* An array of objects; json_free(). */
struct json *rows_json(const struct rows *rows);
void rows_free(struct rows *rows);

#define auto_rows __attribute__((cleanup(rows_free)))

/* A JSON value to standard output, with a newline. */
void rows_print_json(const struct json *json, bool pretty);
/* Standard output to its end: what could not be written is an error (a full disk, a closed pipe). */
struct err;
int rows_flush(struct err *err);

#endif
