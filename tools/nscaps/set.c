/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/nearest.h"
#include "kern/caps.h"
#include "nscaps/set.h"
#include "spec/names.h"
#include "spec/spec.h"
#include "spec/types.h"

#define BIT(n) (UINT64_C(1) << (n))
#define NAME_SIZE 32 /* kern_caps_name() */
#define TOKEN_SIZE 64

uint64_t set_default(void)
{
	struct spec *spec = spec_default("/");
	uint64_t set = spec->process.capabilities.bounding;

	spec_free(spec);
	return set;
}

int set_parse_mask(const char *text, uint64_t *mask)
{
	size_t length;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	length = strspn(text, "0123456789abcdefABCDEF");
	if (text[length] || length == 0)
		return -1;
	for (; length > 16 && *text == '0'; length--)
		text++;
	if (length > 16)
		return -1;
	*mask = strtoull(text, NULL, 16);
	return 0;
}

/* ---- one capability ------------------------------------------------------------------------- */

/* In lower case, without "cap_"; what is longer is near to nothing. */
static void plain(const char *text, char word[static TOKEN_SIZE])
{
	size_t i = 0;

	if (!strncasecmp(text, "cap_", 4))
		text += 4;
	for (; text[i] && i < TOKEN_SIZE - 1; i++)
		word[i] = (char)tolower((unsigned char)text[i]);
	word[i] = '\0';
}

/* The name that is nearest, or whose beginning or end was typed ("raw", "net_bind"). */
static const char *nearest(const char *text)
{
	char typed[TOKEN_SIZE], word[TOKEN_SIZE];
	const char *found = NULL;
	size_t least, length;

	plain(text, typed);
	length = strlen(typed);
	least = NEAREST_MAX(length) + 1;
	for (size_t i = 0; i < spec_names_capability.count; i++) {
		const char *name = spec_names_capability.items[i].name;
		size_t distance;

		plain(name, word);
		distance = nearest_distance(typed, length, word);
		if (distance < least) {
			least = distance;
			found = name;
		}
	}
	for (size_t i = 0; !found && length > 2 && i < spec_names_capability.count; i++) {
		plain(spec_names_capability.items[i].name, word);
		if (strstr(word, typed))
			found = spec_names_capability.items[i].name;
	}
	return found;
}

static bool is_number(const char *text)
{
	if (!strncasecmp(text, "cap_", 4))
		text += 4;
	return *text && !text[strspn(text, "0123456789")];
}

int set_parse_one(const char *what, const char *text, struct err *err)
{
	int number = kern_caps_number(text);
	const char *near;

	if (number >= 0 && number <= (int)kern_caps_last())
		return number;
	if (number >= 0) {
		err_set(err, ERR_UNSUPPORTED, "", "%s: this kernel does not know %.64s", what, text);
		return err_hint(err, "its last capability is %u", kern_caps_last());
	}
	err_set(err, ERR_USAGE, "", "%s: expected a capability, found \"%.64s\"", what, text);
	if (is_number(text))
		return err_hint(err, "the last that this kernel has is number %u", kern_caps_last());
	near = nearest(text);
	return near ? err_hint(err, "did you mean %s?", near) : err_hint(err, "nscaps list shows them");
}

/* ---- a set ---------------------------------------------------------------------------------- */

/* What one word stands for. *named: it names single capabilities. */
static int parse_word(const char *what, const char *word, uint64_t *value, bool *named, struct err *err)
{
	int number;

	*named = false;
	if (!strcasecmp(word, "all"))
		*value = kern_caps_all();
	else if (!strcasecmp(word, "none"))
		*value = 0;
	else if (!strcasecmp(word, "default"))
		*value = set_default() & kern_caps_all();
	else
		*named = true;
	if (!*named)
		return 0;
	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
		if (set_parse_mask(word, value) || *value & ~kern_caps_all()) {
			err_set(err, ERR_USAGE, "", "%s: expected a mask of this kernel's capabilities, found \"%s\"",
				what, word);
			return err_hint(err, "all of them are 0x%llx", (unsigned long long)kern_caps_all());
		}
		return 0;
	}
	number = set_parse_one(what, word, err);
	*value = number < 0 ? 0 : BIT(number);
	return number < 0 ? -1 : 0;
}

static void apply(struct set *set, bool take, uint64_t value, bool named)
{
	if (take) {
		set->all &= ~value;
		set->named &= ~value;
	} else {
		set->all |= value;
		set->named |= named ? value : 0;
	}
}

int set_parse(const char *what, const char *text, uint64_t from, struct set *set, struct err *err)
{
	bool first = true;

	*set = (struct set){ 0 };
	for (;; first = false) {
		size_t length = strcspn(text, ",");
		char sign = text[0] == '+' || text[0] == '-' ? text[0] : 0, word[TOKEN_SIZE];
		uint64_t value;
		bool named;

		if (first && sign)
			set->all = from;
		if (length - (sign != 0) == 0 || length >= sizeof(word)) {
			err_set(err, ERR_USAGE, "", "%s: expected capabilities, found \"%.200s\"", what, text);
			return err_hint(err, "such as net_raw,chown or all,-sys_admin or none");
		}
		memcpy(word, text + (sign != 0), length - (sign != 0));
		word[length - (sign != 0)] = '\0';
		if (parse_word(what, word, &value, &named, err))
			return -1;
		/* "none" says what is there, not what is added. */
		if (!sign && !strcasecmp(word, "none") && text[length]) {
			err_set(err, ERR_USAGE, "", "%s: none stands alone", what);
			return -1;
		}
		apply(set, sign == '-', value, named);
		if (!text[length])
			return 0;
		text += length + 1;
	}
}

/* ---- printing ------------------------------------------------------------------------------- */

static void add_names(uint64_t set, const char *before, bool brief, struct strbuf *out)
{
	const char *comma = "";

	for (; set; set &= set - 1, comma = ",") {
		char name[NAME_SIZE], word[TOKEN_SIZE];

		kern_caps_name((unsigned)__builtin_ctzll(set), name, sizeof(name));
		plain(name, word);
		strbuf_printf(out, "%s%s%s", comma, before, brief ? word : name);
	}
}

void set_print_names(uint64_t set, struct strbuf *out)
{
	strbuf_puts(out, "");
	add_names(set, "", false, out);
}

void set_print(uint64_t set, struct strbuf *out)
{
	if (!set)
		strbuf_puts(out, "none");
	else if (set == kern_caps_all())
		strbuf_puts(out, "all");
	else
		add_names(set, "", false, out);
}

void set_print_short(uint64_t set, struct strbuf *out)
{
	uint64_t all = kern_caps_all();

	if (!set || set == all || (set & ~all) || __builtin_popcountll(set) <= __builtin_popcountll(all) / 2) {
		if (set && set != all)
			add_names(set, "", true, out);
		else
			set_print(set, out);
		return;
	}
	strbuf_puts(out, "all,");
	add_names(all & ~set, "-", true, out);
}

struct json *set_json(uint64_t set)
{
	struct json *array = json_array();
	char name[NAME_SIZE];

	for (; set; set &= set - 1)
		json_add_string(array, kern_caps_name((unsigned)__builtin_ctzll(set), name, sizeof(name)));
	return array;
}
