/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "nscaps/file_walk.h"

#define DEPTH_MAX 256 /* each level holds two descriptors open */

/* A directory on the way. */
struct level {
	int fd;
	const char *path;
	dev_t device;
	unsigned depth;
};

static int walk_directory(const struct file_walk *walk, const struct level *level, struct err *err);

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a directory, sorted: the output is the same each time. */
static int read_names(DIR *dir, char ***names, size_t *count)
{
	const struct dirent *entry;

	errno = 0;
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
			*names = memory_grow(*names, *count + 1, sizeof(**names));
			(*names)[(*count)++] = memory_strdup(entry->d_name);
		}
		errno = 0;
	}
	if (*count)
		qsort(*names, *count, sizeof(**names), by_name);
	return errno ? -1 : 0;
}

/* One that is gone by now, a link, a device, another file system: nothing. */
static int visit_entry(const struct file_walk *walk, const struct level *level, const char *name, struct err *err)
{
	const char *slash = level->path[strlen(level->path) - 1] == '/' ? "" : "/";
	auto_free char *path = memory_printf("%s%s%s", level->path, slash, name);
	auto_close int file = openat(level->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (file < 0 || fstat(file, &st))
		return errno == ENOENT ? 0 : err_system(err, "open", "%s", path);
	if (S_ISREG(st.st_mode))
		return walk->visit(walk->data, file, path, err);
	if (S_ISDIR(st.st_mode) && st.st_dev == level->device)
		return walk_directory(walk, &(struct level){ file, path, level->device, level->depth + 1 }, err);
	return 0;
}

static int walk_directory(const struct file_walk *walk, const struct level *level, struct err *err)
{
	int fd = openat(level->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char **names = NULL;
	size_t count = 0;

	if (dir && level->depth > DEPTH_MAX)
		errno = ELOOP;
	if (!dir || level->depth > DEPTH_MAX)
		return err_system(err, "open", "%s", level->path);
	if (read_names(dir, &names, &count))
		ret = err_system(err, "read", "%s", level->path);
	for (size_t i = 0; i < count; i++) {
		if (!ret)
			ret = visit_entry(walk, level, names[i], err);
		free(names[i]);
	}
	free(names);
	return ret;
}

static int open_named(const struct file_walk *walk, const char *path, struct stat *st, struct err *err)
{
	auto_close int file = open(path, O_PATH | O_CLOEXEC);

	if (file < 0 || fstat(file, st))
		return err_system(err, "open", "%s", path);
	if (S_ISREG(st->st_mode) || (S_ISDIR(st->st_mode) && walk->recursive))
		return take_fd(&file);
	err_set(err, ERR_USAGE, "", "%.400s is not a regular file: only those have capabilities", path);
	return S_ISDIR(st->st_mode) ? err_hint(err, "--recursive takes the files below a directory") : -1;
}

int file_walk_check(const struct file_walk *walk, const char *path, struct err *err)
{
	struct stat st;
	auto_close int file = open_named(walk, path, &st, err);

	return file < 0 ? -1 : 0;
}

int file_walk(const struct file_walk *walk, const char *path, struct err *err)
{
	struct stat st;
	auto_close int file = open_named(walk, path, &st, err);

	if (file < 0)
		return -1;
	if (S_ISREG(st.st_mode))
		return walk->visit(walk->data, file, path, err);
	return walk_directory(walk, &(struct level){ file, path, st.st_dev, 0 }, err);
}
