/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines read by option tables: what arrives in the target, and what is refused how. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/option.h"

#define WORDS_MAX 16

struct target {
	bool flag, other, called;
	const char *text;
	struct option_texts texts;
	int choice;
	uint32_t number;
	uint64_t u64, bytes, time;
	int64_t i64;
};

static int parse_called(void *value, const char *text, struct err *err)
{
	if (text && strcmp(text, "yes") != 0)
		return err_set(err, ERR_USAGE, "", "--called: only yes, found \"%s\"", text);
	*(bool *)value = true;
	return 0;
}

#define ENTRY(name, letter, argument, help, kind, field)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct target, field), NULL                     \
	}

static const struct option_entry first_entries[] = {
	ENTRY("flag", 'f', NULL, "a flag", OPTION_FLAG, flag),
	ENTRY("text", 't', "FILE", "a text", OPTION_TEXT, text),
	ENTRY("texts", 'T', "FILE", "texts", OPTION_TEXTS, texts),
	ENTRY("format", 0, "table|json|text", "a word", OPTION_CHOICE, choice),
	ENTRY("secret", 0, NULL, NULL, OPTION_FLAG, other),
};
static const struct option_entry second_entries[] = {
	ENTRY("number", 'n', "N", "a number", OPTION_UNSIGNED, number),
	ENTRY("large", 0, "N", "a large number", OPTION_U64, u64),
	ENTRY("signed", 0, "N", "a number with a sign", OPTION_I64, i64),
	ENTRY("bytes", 0, "BYTES", "bytes", OPTION_BYTES, bytes),
	ENTRY("interval-of-measurements-taken", 0, "TIME", "a time", OPTION_TIME, time),
	{ "called", 'c', "[BOOL]", "a call", OPTION_CALL, offsetof(struct target, called), parse_called },
};
static const struct option_table first = { "Options", first_entries, ARRAY_SIZE(first_entries) };
static const struct option_table second = { "Numbers", second_entries, ARRAY_SIZE(second_entries) };
static const struct option_table *const tables[] = { &first, &second, NULL };

/* Words apart by one space; "^" stands for an empty word. They live in `copy`. */
static int split(char *copy, char *words[WORDS_MAX])
{
	int count = 0;

	words[count++] = (char *)"program";
	for (char *save = NULL, *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		cr_assert_lt(count, WORDS_MAX - 1);
		words[count++] = !strcmp(word, "^") ? (char *)"" : word;
	}
	words[count] = NULL;
	return count;
}

/* What came out, as one text: the target's values that are not zero, then the operands. */
static void describe(const struct target *target, const struct option_operands *operands, struct strbuf *out)
{
	if (target->flag)
		strbuf_puts(out, "flag ");
	if (target->other)
		strbuf_puts(out, "other ");
	if (target->called)
		strbuf_puts(out, "called ");
	if (target->text)
		strbuf_printf(out, "text=%s ", target->text);
	for (size_t i = 0; i < target->texts.count; i++)
		strbuf_printf(out, "texts=%s ", target->texts.items[i]);
	if (target->choice)
		strbuf_printf(out, "choice=%d ", target->choice);
	if (target->number || target->u64 || target->i64)
		strbuf_printf(out, "n=%" PRIu32 ",%" PRIu64 ",%" PRId64 " ", target->number, target->u64,
			      target->i64);
	if (target->bytes || target->time)
		strbuf_printf(out, "b=%" PRIu64 ",t=%" PRIu64 " ", target->bytes, target->time);
	for (int i = 0; i < operands->count; i++)
		strbuf_printf(out, "[%s]", operands->items[i]);
	if (operands->dashes >= 0)
		strbuf_printf(out, " dashes=%d", operands->dashes);
}

/* One line, parsed; out is what describe() says, or the error and its hint in parentheses. */
static void parse(const char *line, bool stop_at_operand, struct strbuf *out)
{
	struct target target = { 0 };
	struct option_operands operands = { 0 };
	struct option_parse parse = { .tables = tables,
				      .targets = (void *[]){ &target, &target },
				      .stop_at_operand = stop_at_operand };
	auto_free char *copy = memory_strdup(line);
	struct err err = { 0 };
	char *words[WORDS_MAX];
	int count = split(copy, words);

	strbuf_puts(out, "");
	if (option_parse(&parse, count, words, &operands, &err) == 0) {
		if (parse.help)
			strbuf_puts(out, "help ");
		describe(&target, &operands, out);
		cr_expect_null(operands.items[operands.count], "operands of \"%s\" do not end in NULL", line);
	} else {
		cr_expect_eq(err.kind, ERR_USAGE, "\"%s\": kind %d", line, err.kind);
		strbuf_printf(out, "%s (%s)", err.message, err.hint);
	}
	option_texts_free(&target.texts);
	option_operands_free(&operands);
}

static const struct line_case {
	const char *line, *result;
	bool stop_at_operand;
} good_cases[] = {
	{ .line = "", .result = "" },
	{ .line = "a b", .result = "[a][b]" },
	{ .line = "--flag a", .result = "flag [a]" },
	{ .line = "a --flag b", .result = "flag [a][b]" },
	{ .line = "a --flag b", .stop_at_operand = true, .result = "[a][--flag][b]" },
	{ .line = "--flag a -- -x", .stop_at_operand = true, .result = "flag [a][--][-x]" },
	{ .line = "--flag -- a -- -x", .stop_at_operand = true, .result = "flag [a][--][-x] dashes=0" },
	{ .line = "a -- -f --", .result = "[a][-f][--] dashes=1" },
	{ .line = "--", .result = " dashes=0" },
	{ .line = "--text -- a", .result = "text=-- [a]" },
	{ .line = "a --text --", .result = "text=-- [a]" },
	{ .line = "^ a -", .result = "[][a][-]" },
	{ .line = "--flag=true", .result = "flag " },
	{ .line = "--flag=T --secret=1", .result = "flag other " },
	{ .line = "--flag --flag=false", .result = "" },
	{ .line = "-ft x y", .result = "flag text=x [y]" },
	{ .line = "-tx -fTa -Tb --texts=c", .result = "flag text=x texts=a texts=b texts=c " },
	{ .line = "--text= a", .result = "text= [a]" },
	{ .line = "--text --flag", .result = "text=--flag " },
	{ .line = "--fl", .result = "flag " },
	{ .line = "--form json", .result = "choice=1 " },
	{ .line = "--format=text", .result = "choice=2 " },
	{ .line = "-n 4294967295 --large 18446744073709551615",
	  .result = "n=4294967295,18446744073709551615,0 " },
	{ .line = "--signed -5", .result = "n=0,0,-5 " },
	{ .line = "--bytes 1.5K --interval 200ms", .result = "b=1536,t=200000 " },
	{ .line = "--called a", .result = "called [a]" },
	{ .line = "--called=yes", .result = "called " },
	{ .line = "-c yes", .result = "called [yes]" },
	{ .line = "-h --nonsense", .result = "help " },
	{ .line = "a --help", .result = "help [a]" },
	{ .line = "a --help", .stop_at_operand = true, .result = "[a][--help]" },
};

static const struct line_case bad_cases[] = {
	{ .line = "--texxt=a", .result = "unknown option --texxt (did you mean --text?)" },
	{ .line = "--flg", .result = "unknown option --flg (did you mean --flag?)" },
	{ .line = "--sekret", .result = "unknown option --sekret (--help lists the options)" },
	{ .line = "--completely-else=3",
	  .result = "unknown option --completely-else (--help lists the options)" },
	{ .line = "-x", .result = "unknown option -x (--help lists the options)" },
	{ .line = "-fx", .result = "unknown option -x (--help lists the options)" },
	{ .line = "--f a", .result = "--f may be several options (--flag, --format)" },
	{ .line = "--text", .result = "--text needs an argument: FILE ()" },
	{ .line = "-f -t", .result = "-t needs an argument: FILE ()" },
	{ .line = "--help=all", .result = "--help takes no argument, found \"--help=all\" ()" },
	{ .line = "--flag=maybe",
	  .result = "--flag: expected true or false, or nothing, found \"maybe\" ()" },
	{ .line = "--flag=", .result = "--flag: expected true or false, or nothing, found \"\" ()" },
	{ .line = "--format xml", .result = "--format: expected table|json|text, found \"xml\" ()" },
	{ .line = "--format tab", .result = "--format: expected table|json|text, found \"tab\" ()" },
	{ .line = "-n -1", .result = "--number: expected a number from 0 to 4294967295, found \"-1\" ()" },
	{ .line = "-n 4294967296",
	  .result = "--number: expected a number from 0 to 4294967295, found \"4294967296\" ()" },
	{ .line = "--large 1k", .result = "--large: expected a number from 0 up, found \"1k\" ()" },
	{ .line = "--signed x", .result = "--signed: expected a number, found \"x\" ()" },
	{ .line = "--bytes 1.5",
	  .result = "--bytes: expected bytes, such as 4096, 512K, 256M, 1.5G, found \"1.5\" ()" },
	{ .line = "--interval 1d",
	  .result = "--interval-of-measurements-taken: expected a time, such as 10, "
		    "1.5s, 200ms, 3m, found \"1d\" ()" },
	{ .line = "--called=no", .result = "--called: only yes, found \"no\" ()" },
};

static void check(const struct line_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		auto_strbuf struct strbuf result = { 0 };

		parse(cases[i].line, cases[i].stop_at_operand, &result);
		cr_expect_str_eq(result.text, cases[i].result, "\"%s\" gives \"%s\", not \"%s\"",
				 cases[i].line, result.text, cases[i].result);
	}
}

Test(option, good_lines)
{
	check(good_cases, ARRAY_SIZE(good_cases));
}

Test(option, bad_lines)
{
	check(bad_cases, ARRAY_SIZE(bad_cases));
}

/* A command without options still knows --help, and takes no other. */
Test(option, no_tables)
{
	struct option_parse parse = { 0 };
	struct option_operands operands = { 0 };
	struct err err = { 0 };
	char *help[] = { (char *)"start", (char *)"--help", NULL };
	char *other[] = { (char *)"start", (char *)"--other", NULL };

	cr_expect_eq(option_parse(&parse, 2, help, &operands, &err), 0);
	cr_expect(parse.help);
	option_operands_free(&operands);
	parse.help = false;
	cr_expect_eq(option_parse(&parse, 2, other, &operands, &err), -1);
	cr_expect_str_eq(err.message, "unknown option --other");
	option_operands_free(&operands);
}

static const struct bool_case {
	const char *text;
	int result;
	bool value;
} bool_cases[] = {
	{ .text = "true", .value = true },
	{ .text = "TRUE", .value = true },
	{ .text = "t", .value = true },
	{ .text = "1", .value = true },
	{ .text = "on", .value = true },
	{ .text = "yes", .value = true },
	{ .text = "False" },
	{ .text = "0" },
	{ .text = "no" },
	{ .text = "off" },
	{ .text = "", .result = -1 },
	{ .text = "2", .result = -1 },
	{ .text = "tru", .result = -1 },
};

Test(option, bool_words)
{
	for (size_t i = 0; i < ARRAY_SIZE(bool_cases); i++) {
		const struct bool_case *c = &bool_cases[i];
		bool value = !c->value;

		cr_expect_eq(option_bool(c->text, &value), c->result, "\"%s\"", c->text);
		cr_expect_eq(value, c->result ? !c->value : c->value, "\"%s\" leaves %d", c->text, value);
	}
}

static char *printed(void (*print)(const struct option_table *const *, FILE *),
		     const struct option_table *const *of)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	print(of, out);
	fclose(out);
	return text;
}

Test(option, help_text)
{
	auto_free char *text = printed(option_print_help, tables);
	auto_free char *none = printed(option_print_help, NULL);

	cr_expect_str_eq(text, "\nOptions:\n"
			       "  -f, --flag                    a flag\n"
			       "  -t, --text FILE               a text\n"
			       "  -T, --texts FILE              texts\n"
			       "      --format table|json|text  a word\n"
			       "  -h, --help                    print this and do nothing\n"
			       "\nNumbers:\n"
			       "  -n, --number N                a number\n"
			       "      --large N                 a large number\n"
			       "      --signed N                a number with a sign\n"
			       "      --bytes BYTES             bytes\n"
			       "      --interval-of-measurements-taken TIME\n"
			       "                                a time\n"
			       "  -c, --called[=BOOL]           a call\n");
	cr_expect_str_eq(none, "\nOptions:\n  -h, --help  print this and do nothing\n");
}

Test(option, list_text)
{
	auto_free char *text = printed(option_print_list, tables);

	cr_expect_str_eq(text, "--flag\t-f\t\ta flag\n"
			       "--text\t-t\tFILE\ta text\n"
			       "--texts\t-T\tFILE\ttexts\n"
			       "--format\t\ttable|json|text\ta word\n"
			       "--number\t-n\tN\ta number\n"
			       "--large\t\tN\ta large number\n"
			       "--signed\t\tN\ta number with a sign\n"
			       "--bytes\t\tBYTES\tbytes\n"
			       "--interval-of-measurements-taken\t\tTIME\ta time\n"
			       "--called\t-c\t[BOOL]\ta call\n"
			       "--help\t-h\t\tprint this and do nothing\n");
}
