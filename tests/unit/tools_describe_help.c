/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/describe.h"
#include "common/option.h"
#include "spec/spec.h"
#include "tools_describe_help.h"

#define WORDS_MAX 32

static const char small_spec[] =
	"{\"ociVersion\": \"1.3.0\", \"root\": {\"path\": \"/r\"}, \"hostname\": \"h\","
	" \"process\": {\"args\": [\"sh\"], \"cwd\": \"/\", \"env\": [\"A=1\", \"B=2\"],"
	"  \"user\": {\"uid\": 1, \"gid\": 2}, \"rlimits\": [{\"type\": \"RLIMIT_CORE\", \"soft\": 1, "
	"\"hard\": 2}],"
	"  \"capabilities\": {\"bounding\": [\"CAP_CHOWN\", \"CAP_KILL\"], \"permitted\": [\"CAP_CHOWN\", "
	"\"CAP_KILL\"],"
	"   \"effective\": [\"CAP_CHOWN\", \"CAP_KILL\"], \"inheritable\": [\"CAP_KILL\"], \"ambient\": "
	"[\"CAP_KILL\"]}},"
	" \"mounts\": [{\"destination\": \"/proc\", \"type\": \"proc\", \"source\": \"proc\"},"
	"  {\"destination\": \"/tmp\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}],"
	" \"annotations\": {\"a\": \"1\"},"
	" \"linux\": {\"namespaces\": [{\"type\": \"mount\"}, {\"type\": \"uts\"}, {\"type\": \"network\"}],"
	"  \"sysctl\": {\"net.ipv4.ip_forward\": \"0\"}, \"maskedPaths\": [\"/proc/a\", \"/proc/b\", "
	"\"/proc/c\"],"
	"  \"readonlyPaths\": [\"/proc/sys\"]}}";

static const char bare_spec[] = "{\"ociVersion\": \"1.3.0\", \"root\": {\"path\": \"/r\"}}";

static struct spec *read_base(const char *base)
{
	struct err err = { 0 };
	struct spec *spec;

	if (!strcmp(base, "default"))
		return spec_default("/b");
	if (!strcmp(base, "bare"))
		spec = spec_read(bare_spec, strlen(bare_spec), "bare", "/b", &err);
	else
		spec = spec_read(small_spec, strlen(small_spec), "small", "/b", &err);
	cr_assert(spec, "%s %s", err.message, err.where);
	return spec;
}

/* The words stay: the options point at them. */
static int split(const char *text, char *words[WORDS_MAX])
{
	static char copy[4096];
	char *save = NULL;
	int count = 0;

	cr_assert_lt(strlen(text), sizeof(copy));
	strcpy(copy, text);
	words[count++] = (char *)"spec";
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		cr_assert_lt(count, WORDS_MAX - 1);
		for (char *c = word; *c; c++)
			*c = *c == '^' ? ' ' : *c;
		words[count++] = word;
	}
	words[count] = NULL;
	return count;
}

struct spec *describe_spec(const char *base, const char *options, struct err *err)
{
	static const struct option_table *const tables[] = { DESCRIBE_TABLES, NULL };
	struct describe *describe = describe_new();
	struct option_parse parse = { .tables = tables, .targets = (void *[]){ DESCRIBE_TARGETS(describe) } };
	struct option_operands operands = { 0 };
	struct spec *spec = read_base(base);
	char *words[WORDS_MAX];
	int count = split(options, words);

	cr_expect(describe_is_empty(describe));
	if (option_parse(&parse, count, words, &operands, err) || describe_apply(describe, spec, err)) {
		spec_free(spec);
		spec = NULL;
	}
	cr_expect_eq(describe_is_empty(describe), count == 1);
	cr_expect_eq(operands.count, 0);
	option_operands_free(&operands);
	describe_free(describe);
	return spec;
}

const char *describe_at(const struct spec *spec, const char *pointer)
{
	static struct strbuf text;
	struct json *json = spec_write(spec);
	struct json_at path[8] = { json_root(json, "") };
	char key[8][64];
	size_t depth = 0;

	strbuf_free(&text);
	text = (struct strbuf){ 0 };
	while (*pointer && path[depth].node) {
		size_t len = strcspn(pointer + 1, "/");

		snprintf(key[depth], sizeof(key[0]), "%.*s", (int)len, pointer + 1);
		for (char *c = key[depth]; *c; c++)
			*c = *c == '~' ? '/' : *c;
		path[depth + 1] = json_is_array(&path[depth])
					  ? json_element(&path[depth], (size_t)atoi(key[depth]))
					  : json_member(&path[depth], key[depth]);
		depth++;
		pointer += 1 + len;
	}
	strbuf_puts(&text, "");
	if (path[depth].node)
		json_print(path[depth].node, false, &text);
	json_free(json);
	return text.text ? text.text : "";
}
