/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two forms of a plan say the same: what is a string in JSON is in the text too, step by step. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "golden.h"

/* Those that text puts another way: escaped, or as words. */
static bool is_plain(const char *text)
{
	return *text && !strpbrk(text, " \"\\\n\x1b\x7f") && !strstr(text, "\xc2");
}

static void look_for(const struct json_at *at, const char *text, const char *name)
{
	struct json_at item = { 0 };
	struct err err = { 0 };
	const char *value;

	if (json_is_string(at) && !json_read_string(at, &value, &err) && is_plain(value))
		cr_expect(strstr(text, value), "%s: \"%s\" is not in the text:\n%s", name, value, text);
	while ((json_is_object(at) || json_is_array(at)) && json_next(at, &item))
		look_for(&item, text, name);
}

/* Cut the next step off: its line, and the indented ones below it. */
static char *take_step(char **rest)
{
	char *start = *rest, *end = start;

	do
		end += strcspn(end, "\n") + (*end != '\0');
	while (!strncmp(end, "          ", 10));
	if (end > start && end[-1] == '\n')
		end[-1] = '\0';
	*rest = end;
	return start;
}

static void compare_forms(const char *path, void *context)
{
	auto_strbuf struct strbuf json_text = { 0 };
	auto_free char *name = memory_printf("%s.plan", path);
	size_t len;
	auto_free char *text = golden_read(name, &len);
	struct json_at root, step = { 0 };
	struct err err = { 0 };
	struct json *json;
	char *rest;

	(void)context;
	if (!text || golden_make(path, true, &json_text))
		return;
	json = json_parse(json_text.text, json_text.len, path, &err);
	cr_assert(json, "%s: %s", path, err.message);
	root = json_root(json, path);
	rest = text;
	while (!strncmp(rest, "warning: ", 9) || !strncmp(rest, "unknown: ", 9))
		rest = strchr(rest, '\n') + 1;
	while (*rest != '[' && json_next(&root, &step))
		look_for(&step, take_step(&rest), path);
	cr_expect(*rest == '\0' || *rest == '[', "%s: the text has more steps", path);
	json_free(json);
}

Test(golden, both_forms_say_the_same)
{
	golden_each(compare_forms, NULL);
}
