/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an option's text to its value, by kind. */
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/nearest.h"
#include "common/option.h"
#include "common/option_internal.h"

static int expected(const struct option_entry *entry, const char *what, const char *text, struct err *err)
{
	return err_set(err, ERR_USAGE, "", "--%s: expected %s, found \"%.200s\"", entry->name, what, text);
}

int option_bool(const char *text, bool *value)
{
	static const char *const words[][2] = {
		{ "false", "true" }, { "0", "1" }, { "no", "yes" }, { "off", "on" }, { "f", "t" }
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (int is = 0; is < 2; is++)
			if (!strcasecmp(text, words[i][is])) {
				*value = is;
				return 0;
			}
	return -1;
}

static int set_flag(const struct option_entry *entry, bool *value, const char *text, struct err *err)
{
	*value = true;
	return !text || option_bool(text, value) == 0
		       ? 0
		       : expected(entry, "true or false, or nothing", text, err);
}

static void add_text(struct option_texts *texts, const char *text)
{
	texts->items = memory_grow(texts->items, texts->count + 1, sizeof(*texts->items));
	texts->items[texts->count++] = text;
}

static int set_choice(const struct option_entry *entry, int *value, const char *text, struct err *err)
{
	const char *word = entry->argument;

	for (int place = 0;; place++) {
		size_t length = strcspn(word, "|");

		if (strlen(text) == length && !strncmp(word, text, length)) {
			*value = place;
			return 0;
		}
		if (!word[length])
			return expected(entry, entry->argument, text, err);
		word += length + 1;
	}
}

/* Those that are numbers: what is expected where the text is none, or NULL. */
static const char *set_number(const struct option_entry *entry, void *value, const char *text)
{
	switch (entry->kind) {
	case OPTION_UNSIGNED:
		return number_u32(text, value) ? "a number from 0 to 4294967295" : NULL;
	case OPTION_U64:
		return number_u64(text, value) ? "a number from 0 up" : NULL;
	case OPTION_I64:
		return number_i64(text, value) ? "a number" : NULL;
	case OPTION_BYTES:
		return number_bytes(text, value) ? "bytes, such as 4096, 512K, 256M, 1.5G" : NULL;
	default:
		return number_usec(text, value) ? "a time, such as 10, 1.5s, 200ms, 3m" : NULL;
	}
}

int option_set(const struct option_entry *entry, void *value, const char *text, struct err *err)
{
	const char *what;

	switch (entry->kind) {
	case OPTION_FLAG:
		return set_flag(entry, value, text, err);
	case OPTION_TEXT:
		*(const char **)value = text;
		return 0;
	case OPTION_TEXTS:
		add_text(value, text);
		return 0;
	case OPTION_CHOICE:
		return set_choice(entry, value, text, err);
	case OPTION_CALL:
		return entry->parse(value, text, err);
	default:
		what = set_number(entry, value, text);
		return what ? expected(entry, what, text, err) : 0;
	}
}

const char *option_nearest(const struct option_table *const *tables, const char *typed)
{
	const char *name = typed + strspn(typed, "-"), *nearest = NULL;
	size_t length = strcspn(name, "="), least = NEAREST_MAX(length) + 1;

	for (; *tables; tables++)
		for (size_t i = 0; i < (*tables)->count; i++) {
			size_t distance = nearest_distance(name, length, (*tables)->entries[i].name);

			if ((*tables)->entries[i].help && distance < least) {
				least = distance;
				nearest = (*tables)->entries[i].name;
			}
		}
	return nearest;
}
