/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors, string buffers, arenas. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

Test(err, system_error_with_a_place)
{
	struct err err = { 0 };
	char text[512];

	errno = EPERM;
	cr_expect_eq(err_system(&err, "mount", "%s on %s", "proc", "/proc"), -1);
	err_step(&err, "mount", "/mounts/0");
	err_where(&err, "config.json", "/mounts/9");
	err_hint(&err, "a new proc needs a new pid namespace");
	cr_expect_str_eq(err_text(&err, text, sizeof(text)),
			 "mount proc on /proc: Operation not permitted (config.json: /mounts/0)");
	cr_expect_str_eq(err.hint, "a new proc needs a new pid namespace");
	cr_expect_str_eq(err.step, "mount");
}

Test(err, the_first_failure_wins)
{
	struct err err = { 0 };
	char text[512];

	err_set(&err, ERR_USAGE, "", "first");
	err_set(&err, ERR_SPEC, "", "second");
	errno = EIO;
	err_system(&err, "read", "third");
	cr_expect_eq(err.kind, ERR_USAGE);
	cr_expect_str_eq(err_text(&err, text, sizeof(text)), "first");
}

Test(err, parts_need_an_error)
{
	struct err err = { 0 };
	char text[512];

	err_hint(&err, "hint");
	err_where(&err, "file", "/a");
	err_step(&err, "step", "/b");
	cr_expect_not(err_is_set(&err));
	cr_expect_str_eq(err_text(&err, text, sizeof(text)), "");
}

Test(err, a_name_in_a_directory_is_told_with_its_path)
{
	struct err inside = { 0 }, gone = { 0 };
	int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char path[64];

	cr_assert_geq(dir, 0);
	snprintf(path, sizeof(path), "/proc/%d/no-such", (int)getpid());
	errno = ENOENT;
	cr_expect_eq(err_system_at(&inside, "open", dir, "no-such"), -1);
	cr_expect_str_eq(inside.object, path);
	cr_expect_eq(inside.errnum, ENOENT);
	close(dir);
	errno = ENOENT;
	cr_expect_eq(err_system_at(&gone, "open", -1, "no-such"), -1);
	cr_expect_str_eq(gone.object, "no-such");
	cr_expect_eq(gone.errnum, ENOENT);
}

Test(err, long_text_is_cut)
{
	struct err err = { 0 };
	char object[2000], text[64];

	memset(object, 'x', sizeof(object) - 1);
	object[sizeof(object) - 1] = '\0';
	errno = ENOENT;
	err_system(&err, "open", "%s", object);
	cr_expect_eq(strlen(err.object), sizeof(err.object) - 1);
	cr_expect_str_eq(err.object + sizeof(err.object) - 4, "...");
	err_text(&err, text, sizeof(text));
	cr_expect_leq(strlen(text), sizeof(text) - 1);
}

/* Input must not add lines to a log, nor talk to a terminal. */
Test(err, control_characters_are_shown_as_question_marks)
{
	struct err err = { 0 };
	char text[512];

	err_set(&err, ERR_SPEC, "", "a\nb\033[31mc\177");
	cr_expect_str_eq(err_text(&err, text, sizeof(text)), "a?b?[31mc?");
}

Test(strbuf, grows)
{
	auto_strbuf struct strbuf buf = { 0 };

	for (int i = 0; i < 1000; i++)
		strbuf_printf(&buf, "%d,", i % 10);
	strbuf_add(&buf, "end and more", 3);
	strbuf_puts(&buf, "");
	cr_expect_eq(buf.len, 2003);
	cr_expect_eq(strlen(buf.text), buf.len);
	cr_expect_str_eq(buf.text + 1998, "9,end");
}

Test(arena, zeroed_aligned_and_whole)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 4096, 100000 };
	struct arena *arena = arena_new();
	char *text;

	for (size_t round = 0; round < 100; round++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			unsigned char *p = arena_alloc(arena, sizes[i]);

			cr_expect_eq((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t j = 0; j < sizes[i]; j++)
				if (p[j])
					cr_assert_fail("byte %zu of %zu is not zero", j, sizes[i]);
			memset(p, 0xff, sizes[i]);
		}
	}
	text = arena_strdup(arena, "text");
	cr_expect_str_eq(arena_printf(arena, "%s-%d", text, 5), "text-5");
	arena_free(arena);
	arena_free(NULL);
}
