/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "spec_files.h"

char *spec_files_read(const char *folder, const char *name, size_t *len)
{
	char path[4096], *text = NULL;

	snprintf(path, sizeof(path), TEST_DIR "/unit/%s/%s", folder, name);
	cr_assert_eq(file_read_at(AT_FDCWD, path, 1 << 20, &text, len), 0, "%s cannot be read", path);
	return text;
}

size_t spec_files_each(const char *folder, void (*test)(const char *name, const char *text, size_t len))
{
	char path[4096];
	auto_closedir DIR *dir = NULL;
	size_t count = 0, len;

	snprintf(path, sizeof(path), TEST_DIR "/unit/%s", folder);
	dir = opendir(path);
	cr_assert(dir, "%s cannot be read", path);
	for (struct dirent *entry; (entry = readdir(dir));) {
		auto_free char *text = NULL;
		char name[256];
		char *end = strstr(entry->d_name, ".json");

		if (!end || end[5])
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(end - entry->d_name), entry->d_name);
		text = spec_files_read(folder, entry->d_name, &len);
		test(name, text, len);
		count++;
	}
	return count;
}
