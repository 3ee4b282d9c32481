/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "plan/show.h"
#include "spec/names.h"
#include "spec/types.h"

#define INDENT "             "

/* Control characters of ASCII, and UTF-8's U+0080 to U+009F: a terminal obeys both. */
static bool is_control(const char *at)
{
	unsigned char c = (unsigned char)at[0], next = (unsigned char)at[1];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next <= 0x9f);
}

static bool needs_quotes(const char *value)
{
	for (const char *p = value; *p; p++)
		if (*p == ' ' || *p == '"' || *p == '\\' || is_control(p))
			return true;
	return !*value;
}

static void add_escaped(struct strbuf *out, const char *value, bool quotes)
{
	for (const char *p = value; *p; p++) {
		if (*p == '\n')
			strbuf_puts(out, "\\n");
		else if ((unsigned char)*p == 0xc2 && is_control(p))
			strbuf_printf(out, "\\u00%02x", (unsigned char)*++p);
		else if (is_control(p))
			strbuf_printf(out, "\\x%02x", (unsigned char)*p);
		else if (quotes && (*p == '"' || *p == '\\'))
			strbuf_printf(out, "\\%c", *p);
		else
			strbuf_add(out, p, 1);
	}
}

static void add_value(struct strbuf *out, const char *value)
{
	bool quotes = needs_quotes(value);

	if (quotes)
		strbuf_puts(out, "\"");
	add_escaped(out, value, quotes);
	if (quotes)
		strbuf_puts(out, "\"");
}

static void add_space(struct strbuf *out)
{
	if (out->len && out->text[out->len - 1] != '\n')
		strbuf_puts(out, " ");
}

/* What stands before the value: "key=", "on ", "". */
static void add(struct show *show, const char *before, const char *after, const char *value)
{
	add_space(show->line);
	strbuf_printf(show->line, "%s%s", before, after);
	add_value(show->line, value);
}

void show_text(struct show *show, const char *key, const char *value)
{
	if (!value)
		return;
	if (show->object)
		json_set_string(show->object, key, value);
	else
		add(show, key, "=", value);
}

void show_plain(struct show *show, const char *key, const char *value)
{
	if (show->object)
		json_set_string(show->object, key, value);
	else if (value)
		add(show, "", "", value);
}

void show_word(struct show *show, const char *word, const char *key, const char *value)
{
	if (show->object)
		json_set_string(show->object, key, value);
	else if (value)
		add(show, word, " ", value);
}

void show_i64(struct show *show, const char *key, int64_t value)
{
	if (show->object) {
		json_set_i64(show->object, key, value);
		return;
	}
	add_space(show->line);
	strbuf_printf(show->line, "%s=%lld", key, (long long)value);
}

void show_u64(struct show *show, const char *key, uint64_t value)
{
	if (show->object) {
		json_set_u64(show->object, key, value);
		return;
	}
	add_space(show->line);
	strbuf_printf(show->line, "%s=%llu", key, (unsigned long long)value);
}

void show_octal(struct show *show, const char *key, uint32_t value)
{
	if (show->object) {
		json_set_u64(show->object, key, value);
		return;
	}
	add_space(show->line);
	strbuf_printf(show->line, "%s=%04o", key, value);
}

void show_flag(struct show *show, const char *key, bool value)
{
	if (!value)
		return;
	if (show->object) {
		json_set_bool(show->object, key, true);
		return;
	}
	add_space(show->line);
	strbuf_puts(show->line, key);
}

void show_slot(struct show *show, const char *key, unsigned slot)
{
	if (slot)
		show_u64(show, key, slot);
}

/* ---- lists --------------------------------------------------------------------- */

struct show_list show_list_begin(struct show *show, const char *key, enum show_style style)
{
	struct show_list list = { .show = show, .key = key, .style = style };

	if (show->object)
		list.array = json_set_array(show->object, key);
	return list;
}

static void add_item(struct show_list *list, const char *text)
{
	struct strbuf *line = list->show->line, *more = list->show->more;

	switch (list->style) {
	case SHOW_WORDS:
	case SHOW_COMMAS:
	case SHOW_KEY:
		if (list->count && list->style != SHOW_WORDS)
			strbuf_puts(line, ",");
		else
			add_space(line);
		if (!list->count && list->style == SHOW_KEY)
			strbuf_printf(line, "%s=", list->key);
		add_value(line, text);
		return;
	case SHOW_ROW:
		if (more && list->count)
			strbuf_puts(more, ",");
		else if (more)
			strbuf_printf(more, INDENT "%s ", list->key);
		if (more)
			add_value(more, text);
		return;
	default:
		if (!more)
			return;
		strbuf_printf(more, INDENT "%s ", list->key);
		add_escaped(more, text, false);
		strbuf_puts(more, "\n");
	}
}

void show_list_item(struct show_list *list, const char *format, ...)
{
	auto_strbuf struct strbuf text = { 0 };
	va_list ap;

	va_start(ap, format);
	strbuf_vprintf(&text, format, ap);
	va_end(ap);
	if (list->array)
		json_add_string(list->array, text.text);
	else
		add_item(list, text.text);
	list->count++;
}

void show_list_end(struct show_list *list)
{
	if (list->array)
		return;
	if (!list->count)
		add_item(list, "none");
	if (list->style == SHOW_ROW && list->show->more)
		strbuf_puts(list->show->more, "\n");
}

void show_strings(struct show *show, const char *key, enum show_style style,
		  const struct spec_strings *strings)
{
	struct show_list list;

	if (!strings->count)
		return;
	list = show_list_begin(show, key, style);
	for (size_t i = 0; i < strings->count; i++)
		show_list_item(&list, "%s", strings->items[i]);
	show_list_end(&list);
}

void show_pairs(struct show *show, const char *key, const struct spec_pairs *pairs)
{
	struct show_list list;

	if (!pairs->count)
		return;
	list = show_list_begin(show, key, SHOW_LINES);
	for (size_t i = 0; i < pairs->count; i++)
		show_list_item(&list, "%s=%s", pairs->items[i].key, pairs->items[i].value);
	show_list_end(&list);
}

/* As /proc/PID/uid_map has them, with colons. */
void show_idmaps(struct show *show, const char *key, const struct spec_idmaps *maps)
{
	struct show_list list;

	if (!maps->count)
		return;
	list = show_list_begin(show, key, SHOW_KEY);
	for (size_t i = 0; i < maps->count; i++)
		show_list_item(&list, "%u:%u:%u", maps->items[i].container_id, maps->items[i].host_id,
			       maps->items[i].size);
	show_list_end(&list);
}

void show_bits(struct show_list *list, const struct spec_names *names, uint64_t bits)
{
	for (size_t i = 0; i < names->count; i++) {
		uint64_t value = names->items[i].value;

		if (value && (bits & value) == value)
			show_list_item(list, "%s", names->items[i].name);
		bits &= ~value;
	}
	if (bits)
		show_list_item(list, "0x%llx", (unsigned long long)bits);
}

void show_flags(struct show *show, const char *key, const struct spec_names *names, uint64_t bits)
{
	struct show_list list;

	if (!bits)
		return;
	list = show_list_begin(show, key, SHOW_KEY);
	show_bits(&list, names, bits);
	show_list_end(&list);
}
