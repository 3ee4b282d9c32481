/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an attacker or a broken program hands in: an error within a second, never a crash. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "spec_files.h"

/* Sanitizers make everything several times slower. */
#ifdef __SANITIZE_ADDRESS__
#define SECONDS_MAX 10.0
#else
#define SECONDS_MAX 1.0
#endif

static struct spec *read_timed(const char *text, size_t len, struct err *err)
{
	struct timespec start, end;
	struct spec *spec;
	double seconds;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	spec = spec_read(text, len, "config.json", "/bundle", err);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	cr_expect_lt(seconds, SECONDS_MAX, "%f seconds", seconds);
	return spec;
}

static void expect_message(const char *text, size_t len, const char *message)
{
	struct err err = { 0 };
	struct spec *spec = read_timed(text, len, &err);

	cr_expect_null(spec);
	cr_expect(strstr(err.message, message), "expected \"%s\", found \"%s\"", message, err.message);
	spec_free(spec);
}

/* Head, `count` times the middle, tail. */
static void expect_repeated(const char *head, const char *middle, size_t count, const char *tail,
			    const char *message)
{
	auto_strbuf struct strbuf text = { 0 };

	strbuf_puts(&text, head);
	for (size_t i = 0; i < count; i++)
		strbuf_puts(&text, middle);
	strbuf_puts(&text, tail);
	expect_message(text.text, text.len, message);
}

Test(hostile, sizes)
{
	size_t len = 100u << 20;
	auto_free char *spaces = malloc(len);

	memset(spaces, ' ', len);
	expect_message(spaces, len, "the document has 104857600 bytes, the limit is 16777216");
	expect_message(spaces, 16u << 20, "expected a value, found the end");
	expect_message("", 0, "expected a value, found the end");
}

Test(hostile, depth)
{
	expect_repeated("", "[", 10000, "", "nested too deeply");
	expect_repeated("", "{\"a\":", 10000, "", "nested too deeply");
}

#define TOP "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},"

Test(hostile, many)
{
	expect_repeated(TOP "\"mounts\":[1", ",1", 900000, "]}", "expected an object");
	expect_repeated(TOP "\"x\":[1", ",1", 4000000, "],\"process\":1}", "too many values");
	expect_repeated(TOP "\"process\":{\"cwd\":\"/\",\"args\":[\"a\"],\"env\":[\"A=1\"", ",\"A=1\"",
			900000, ",\"A\"]}}", "expected NAME=VALUE");
	expect_repeated(TOP "\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{"
			    "\"names\":[\"a\"",
			",\"a\"", 900000, ",\"\"],\"action\":\"SCMP_ACT_ERRNO\"}]}}}",
			"expected a system call's name");
	expect_repeated(TOP "\"annotations\":{\"a\":\"\"", ",\"a\":\"\"", 500000, "}}", "occurs twice");
	expect_repeated(TOP "\"linux\":{\"uidMappings\":[{}", ",{}", 100000, "]}}",
			"expected at most 340 mappings");
}

/* A million members that nobody knows: noted up to a bound. */
Test(hostile, unknown)
{
	auto_strbuf struct strbuf text = { 0 };
	struct err err = { 0 };
	struct spec *spec;

	strbuf_puts(&text, TOP "\"linux\":{\"a\":1");
	for (int i = 0; i < 500000; i++)
		strbuf_printf(&text, ",\"unknown-%d\":1", i);
	strbuf_puts(&text, "}}");
	spec = read_timed(text.text, text.len, &err);
	cr_assert(spec, "%s", err.message);
	cr_expect_eq(spec->unknown.count, 1000);
	spec_free(spec);
}

Test(hostile, nul)
{
	expect_message("{\"a\":\"b\0c\"}", 11, "a NUL byte in a string");
	expect_message("{\"a\":\"b\\u0000c\"}", 16, "a NUL character");
	expect_message("{}\0", 3, "unexpected text after the document");
	expect_message("\0{}", 3, "expected a value");
}

Test(hostile, long_strings_are_whole)
{
	auto_strbuf struct strbuf text = { 0 };
	struct err err = { 0 };
	struct spec *spec;

	strbuf_puts(&text, TOP "\"annotations\":{\"k\":\"");
	for (int i = 0; i < 65537; i++)
		strbuf_puts(&text, "x");
	strbuf_puts(&text, "\"}}");
	spec = read_timed(text.text, text.len, &err);
	cr_assert(spec, "%s", err.message);
	cr_expect_eq(strlen(spec->annotations.items[0].value), 65537);
	spec_free(spec);
}

/* The text ends where its memory ends, so that a sanitizer sees a byte read too many. */
static struct spec *read_exact(const char *text, size_t len, struct err *err)
{
	auto_free char *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	return spec_read(copy, len, "config.json", "/bundle", err);
}

Test(hostile, truncated_at_every_byte)
{
	size_t len;
	auto_free char *text = spec_files_read("spec-good", "everything.json", &len);

	while (len && text[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++) {
		struct err err = { 0 };
		struct spec *spec = read_exact(text, i, &err);

		cr_expect_null(spec, "a spec that ends after %zu bytes is read", i);
		cr_expect(err_is_set(&err));
		spec_free(spec);
	}
}

/* One byte changed: any answer, but no crash. */
Test(hostile, changed_at_every_byte)
{
	static const char bytes[] = "\0\"{[]},:0-z\\";
	size_t len;
	auto_free char *text = spec_files_read("spec-good", "everything.json", &len);

	for (size_t i = 0; i < len; i++) {
		struct err err = { 0 };
		char saved = text[i];
		struct spec *spec;

		text[i] = bytes[i % (sizeof(bytes) - 1)];
		spec = read_exact(text, len, &err);
		cr_expect_eq(!spec, err_is_set(&err));
		spec_free(spec);
		text[i] = saved;
	}
}
