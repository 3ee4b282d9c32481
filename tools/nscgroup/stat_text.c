/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/amount.h"
#include "nscgroup/stat_text.h"

struct text {
	struct arena *arena;
	bool exact;
	FILE *out;
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && !strcmp(text + len - n, end);
}

/* In memory and hugetlb bytes are the rule, elsewhere they are called so. */
static bool is_bytes(const char *path, const char *key)
{
	if (ends_with(key, "Bytes"))
		return true;
	return (!strncmp(path, "memory", 6) || !strncmp(path, "hugetlb", 7)) && !ends_with(key, "Events") &&
	       !ends_with(key, "Faults") && !ends_with(key, "Kills");
}

static const char *number_text(const struct text *text, const char *path, const char *key, uint64_t number)
{
	if (text->exact)
		return amount_count(text->arena, number);
	if (ends_with(key, "Usec"))
		return amount_time(text->arena, number);
	return is_bytes(path, key) ? amount_bytes(text->arena, number) : amount_count(text->arena, number);
}

static const char *value_text(const struct text *text, const char *path, const struct json_at *at)
{
	struct err none = { 0 };
	const char *string;
	uint64_t number;
	char found[64];

	if (json_is_string(at) && json_read_string(at, &string, &none) == 0)
		return string;
	if (json_read_u64(at, UINT64_MAX, &number, &none) == 0)
		return number_text(text, path, at->key, number);
	/* An average, "the number 1.25", or nothing. */
	json_found(at, found, sizeof(found));
	return strrchr(found, ' ') ? arena_printf(text->arena, "%s%%", strrchr(found, ' ') + 1) : "-";
}

/* The name of an array's element: its first member's value. */
static const char *element_name(struct text *text, const char *path, const struct json_at *element)
{
	struct json_at item = { 0 };

	json_next(element, &item);
	return arena_printf(text->arena, "%s.%s", path, value_text(text, path, &item));
}

static void print_object(struct text *text, const char *path, const struct json_at *object, bool named);

static void print_member(struct text *text, const char *path, const struct json_at *item)
{
	struct json_at element = { 0 };

	if (json_is_object(item)) {
		print_object(text, path, item, false);
	} else if (json_is_array(item)) {
		while (json_next(item, &element))
			print_object(text, element_name(text, path, &element), &element, true);
	} else {
		fprintf(text->out, "%-30s %s\n", path, value_text(text, path, item));
	}
}

/* named: the first member is in the path. */
static void print_object(struct text *text, const char *path, const struct json_at *object, bool named)
{
	struct json_at item = { 0 };

	while (json_next(object, &item)) {
		if (!named)
			print_member(text,
				     *path ? arena_printf(text->arena, "%s.%s", path, item.key) : item.key,
				     &item);
		named = false;
	}
}

void stat_text_print(const struct json *stats, bool exact, FILE *out)
{
	struct text text = { .arena = arena_new(), .exact = exact, .out = out };
	struct strbuf auto_strbuf written = { 0 };
	struct err never = { 0 };
	struct json_at root;
	struct json *read;

	/* What was built has its numbers as text; what is read has them as numbers. */
	json_print(stats, false, &written);
	read = json_parse(written.text, written.len, "", &never);
	root = json_root(read, "");
	print_object(&text, "", &root, false);
	json_free(read);
	arena_free(text.arena);
}
