/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "common/rows.h"

void rows_add(struct rows *rows, const char *const *cells)
{
	if (rows->count == rows->size) {
		rows->size = rows->size ? 2 * rows->size : 16;
		rows->cells = memory_grow(rows->cells, rows->size * rows->column_count, sizeof(*rows->cells));
	}
	for (size_t i = 0; i < rows->column_count; i++)
		rows->cells[rows->count * rows->column_count + i] = cells[i] ? memory_strdup(cells[i]) : NULL;
	rows->count++;
}

void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count * rows->column_count; i++)
		free(rows->cells[i]);
	free(rows->cells);
	rows->cells = NULL;
	rows->count = rows->size = 0;
}

static const char *shown(const struct rows *rows, size_t row, size_t column)
{
	const char *cell = rows->cells[row * rows->column_count + column];

	return cell && *cell ? cell : "-";
}

/* Columns on a terminal: the bytes of UTF-8 that go on a character take none. */
static size_t width(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

static size_t width_of(const struct rows *rows, size_t column)
{
	size_t widest = width(rows->columns[column].title);

	for (size_t row = 0; row < rows->count; row++) {
		size_t columns = width(shown(rows, row, column));

		if (columns > widest)
			widest = columns;
	}
	return widest;
}

/* C0, DEL, and C1 in UTF-8 (U+0080 to U+009f). */
static bool is_control(const char *text)
{
	return iscntrl((unsigned char)text[0]) ||
	       (text[0] == '\xc2' && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0);
}

/* A name may hold what moves the cursor or changes the terminal. */
void rows_put(const char *text)
{
	for (; *text; text++) {
		if (!is_control(text)) {
			putchar(*text);
			continue;
		}
		putchar('?');
		text += *text == '\xc2';
	}
}

static void put_cell(const char *text, size_t columns, bool right, bool last)
{
	int pad = (int)(columns - width(text));

	if (right)
		printf("%*s", pad, "");
	rows_put(text);
	if (!right && !last)
		printf("%*s", pad, "");
	if (!last)
		fputs("  ", stdout);
}

static size_t last_shown(const struct rows *rows)
{
	size_t last = rows->column_count - 1;

	while (last > 0 && rows->columns[last].kind == ROWS_JSON_ONLY)
		last--;
	return last;
}

static void print_row(const struct rows *rows, const size_t *widths, size_t row)
{
	size_t last = last_shown(rows);

	for (size_t i = 0; i <= last; i++) {
		const struct rows_column *column = &rows->columns[i];

		if (column->kind != ROWS_JSON_ONLY)
			put_cell(row == SIZE_MAX ? column->title : shown(rows, row, i), widths[i],
				 column->kind == ROWS_NUMBER, i == last);
	}
	putchar('\n');
}

void rows_print(const struct rows *rows)
{
	auto_free size_t *widths = memory_zalloc(rows->column_count, sizeof(*widths));

	for (size_t i = 0; i < rows->column_count; i++)
		widths[i] = width_of(rows, i);
	print_row(rows, widths, SIZE_MAX);
	for (size_t row = 0; row < rows->count; row++)
		print_row(rows, widths, row);
}

static void set_cell(struct json *object, const struct rows_column *column, const char *cell)
{
	uint64_t number;
	int64_t negative;

	if (!cell)
		json_set_null(object, column->key);
	else if (column->kind == ROWS_NUMBER && number_u64(cell, &number) == 0)
		json_set_u64(object, column->key, number);
	else if (column->kind == ROWS_NUMBER && number_i64(cell, &negative) == 0)
		json_set_i64(object, column->key, negative);
	else
		json_set_text(object, column->key, cell);
}

struct json *rows_json(const struct rows *rows)
{
	struct json *array = json_array();

	for (size_t row = 0; row < rows->count; row++) {
		struct json *object = json_add_object(array);

		for (size_t i = 0; i < rows->column_count; i++)
			set_cell(object, &rows->columns[i], rows->cells[row * rows->column_count + i]);
	}
	return array;
}

void rows_print_json(const struct json *json, bool pretty)
{
	auto_strbuf struct strbuf text = { 0 };

	json_print(json, pretty, &text);
	puts(text.text);
}
