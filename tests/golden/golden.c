/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every case's plan, or error, is what its file says. GOLDEN_UPDATE=1 writes the files instead: read them
 * then. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "golden.h"

#define FOLDER TEST_DIR "/golden/"

char *golden_read(const char *name, size_t *len)
{
	auto_free char *path = memory_printf(FOLDER "%s", name);
	char *text = NULL;

	return file_read_at(AT_FDCWD, path, 1 << 20, &text, len) ? NULL : text;
}

static size_t each_in(const char *subject, void (*test)(const char *path, void *context), void *context)
{
	auto_free char *folder = memory_printf(FOLDER "%s", subject);
	auto_closedir DIR *dir = opendir(folder);
	size_t count = 0;

	cr_assert(dir, "%s cannot be read", folder);
	for (struct dirent *entry; (entry = readdir(dir));) {
		char *end = strstr(entry->d_name, ".json");
		auto_free char *path = NULL;

		if (!end || end[5])
			continue;
		path = memory_printf("%s/%.*s", subject, (int)(end - entry->d_name), entry->d_name);
		test(path, context);
		count++;
	}
	return count;
}

size_t golden_each(void (*test)(const char *path, void *context), void *context)
{
	auto_closedir DIR *dir = opendir(FOLDER);
	size_t count = 0;

	cr_assert(dir, FOLDER " cannot be read");
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			count += each_in(entry->d_name, test, context);
	return count;
}

static void update(const char *name, const char *text, const char *other)
{
	auto_free char *path = memory_printf(FOLDER "%s", name);
	auto_free char *old = memory_printf(FOLDER "%s", other);
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	unlink(old);
	cr_assert_eq(file_write_fd(fd, text, strlen(text)), 0, "%s cannot be written", path);
}

static void compare(const char *name, const char *text)
{
	size_t len;
	auto_free char *expected = golden_read(name, &len);

	cr_expect(expected, "there is no %s, and this came out:\n%s", name, text);
	if (expected)
		cr_expect_str_eq(text, expected, "%s: this came out:\n%s", name, text);
}

/* Each case is a process of its own: one that crashes has a name, and hides no other. */
struct parameter {
	char path[128];
};

struct parameters {
	struct parameter *items;
	size_t count;
};

static void add_parameter(const char *path, void *context)
{
	struct parameters *all = context;

	if (all->items)
		snprintf(all->items[all->count].path, sizeof(all->items->path), "%s", path);
	all->count++;
}

ParameterizedTestParameters(golden, plan)
{
	struct parameters all = { 0 };

	golden_each(add_parameter, &all);
	all.items = cr_calloc(all.count, sizeof(*all.items));
	all.count = 0;
	golden_each(add_parameter, &all);
	return cr_make_param_array(struct parameter, all.items, all.count);
}

ParameterizedTest(struct parameter *parameter, golden, plan)
{
	const char *path = parameter->path;
	auto_strbuf struct strbuf out = { 0 };
	bool failed;
	auto_free char *plan = memory_printf("%s.plan", path), *error = memory_printf("%s.err", path);

	failed = golden_make(path, false, &out);
	if (getenv("GOLDEN_UPDATE"))
		update(failed ? error : plan, out.text, failed ? plan : error);
	else
		compare(failed ? error : plan, out.text);
}
