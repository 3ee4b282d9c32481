/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A root directory to work in, and a place outside it that must stay untouched; both vanish with the test. */
#ifndef NSTOOLS_TESTS_KERN_FS_HELP_H
#define NSTOOLS_TESTS_KERN_FS_HELP_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

#define FS_ROOT "/mnt/root"
#define FS_OUTSIDE "/mnt/outside"

struct fs_test {
	int root; /* O_PATH fd of FS_ROOT */
	struct err *err;
};

/* A mount namespace with a tmpfs on /mnt: FS_ROOT empty, FS_OUTSIDE with a file "marker". Or skips. */
struct fs_test fs_test_begin(void);

/* FS_OUTSIDE still holds the marker, unchanged, and nothing else; what is mounted lies inside the root. */
void fs_test_outside_untouched(void);

/* "open /x: No such file or directory [hint]" */
const char *fs_test_error(const struct err *err);

/* mkdir, symlink, file below the root by plain paths; they must work. */
void fs_test_mkdir(const char *path);
void fs_test_symlink(const char *target, const char *path);
void fs_test_file(const char *path, const char *text);

mode_t fs_test_mode(const char *path);	    /* lstat; 0 when absent */
unsigned long fs_test_magic(const char *path); /* statfs f_type; 0 when absent */
/* The options of the topmost mount at exactly this path, as mountinfo has them ("ro,nosuid ..."); "" when none. */
const char *fs_test_mount_options(const char *path);
/* Whether one of them, of the mount or its file system, is this. */
bool fs_test_has_option(const char *path, const char *option);
size_t fs_test_open_fds(void);

/* An assertion that may stand in a forked child too: there it prints and ends the child with status 1. */
void fs_test_fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

#define fs_assert(condition)                                                                                 \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			fs_test_fail(__FILE__, __LINE__, "%s", #condition);                                  \
	} while (0)
#define fs_ok(test, call)                                                                                    \
	do {                                                                                                 \
		if ((call) != 0)                                                                             \
			fs_test_fail(__FILE__, __LINE__, "%s: %s", #call, fs_test_error((test).err));        \
	} while (0)
#define fs_fd(test, call)                                                                                    \
	__extension__({                                                                                      \
		int fd_ = (call);                                                                            \
		if (fd_ < 0)                                                                                 \
			fs_test_fail(__FILE__, __LINE__, "%s: %s", #call, fs_test_error((test).err));        \
		fd_;                                                                                         \
	})

#endif
