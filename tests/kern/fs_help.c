/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/err.h"
#include "fs_help.h"

static pid_t runner;

void fs_test_fail(const char *file, int line, const char *format, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	/* Criterion takes no word from a process that it did not start. */
	if (getpid() != runner) {
		fprintf(stderr, "%s:%d: %s\n", file, line, text);
		_exit(1);
	}
	cr_assert_fail("%s:%d: %s", file, line, text);
}

struct fs_test fs_test_begin(void)
{
	struct fs_test test = { .err = calloc(1, sizeof(*test.err)) };

	runner = getpid();
	if (unshare(CLONE_NEWNS))
		cr_skip_test("no new mount namespace: %s", strerror(errno));
	cr_assert_eq(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL), 0);
	cr_assert_eq(mount("nstools-test", "/mnt", "tmpfs", 0, "mode=755"), 0);
	umask(0);
	fs_test_mkdir(FS_ROOT);
	fs_test_mkdir(FS_OUTSIDE);
	fs_test_file(FS_OUTSIDE "/marker", "marker");
	test.root = open(FS_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(test.root >= 0);
	return test;
}

void fs_test_outside_untouched(void)
{
	DIR *dir = opendir(FS_OUTSIDE);
	char text[16] = "";
	int fd = open(FS_OUTSIDE "/marker", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t entries = 0;
	struct stat st;

	fs_assert(dir != NULL && fd >= 0);
	while (readdir(dir))
		entries++;
	closedir(dir);
	fs_assert(entries == 3);
	fs_assert(fstat(fd, &st) == 0);
	fs_assert(S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0644 && st.st_uid == 0);
	fs_assert(read(fd, text, sizeof(text)) == 6);
	fs_assert(strcmp(text, "marker") == 0);
	close(fd);
	fs_assert(!*fs_test_mount_options(FS_OUTSIDE));
}

const char *fs_test_error(const struct err *err)
{
	static char text[2048], line[4096];

	snprintf(line, sizeof(line), "%s [hint: %s]", err_text(err, text, sizeof(text)), err->hint);
	return line;
}

void fs_test_mkdir(const char *path)
{
	fs_assert(mkdir(path, 0755) == 0);
}

void fs_test_symlink(const char *target, const char *path)
{
	fs_assert(symlink(target, path) == 0);
}

void fs_test_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	fs_assert(fd >= 0);
	fs_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

mode_t fs_test_mode(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_mode;
}

unsigned long fs_test_magic(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) ? 0 : (unsigned long)fs.f_type;
}

const char *fs_test_mount_options(const char *path)
{
	static char options[1024];
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096], where[2048], root[1024], mine[256], *rest;
	int used;

	options[0] = '\0';
	fs_assert(f != NULL);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d %*d %*s %1023s %2047s %255s %n", root, where, mine, &used) != 3)
			continue;
		if (strcmp(where, path) != 0)
			continue;
		rest = line + used;
		rest[strcspn(rest, "\n")] = '\0';
		snprintf(options, sizeof(options), "%s %s", mine, rest);
	}
	fclose(f);
	return options;
}

bool fs_test_has_option(const char *path, const char *option)
{
	char text[1026], wanted[128];

	snprintf(text, sizeof(text), ",%s,", fs_test_mount_options(path));
	for (char *p = text; *p; p++)
		if (*p == ' ')
			*p = ',';
	snprintf(wanted, sizeof(wanted), ",%s,", option);
	return strstr(text, wanted) != NULL;
}

size_t fs_test_open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	fs_assert(dir != NULL);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}
