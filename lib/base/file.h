/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files and whole writes. The fd given decides where: no function here builds a path. */
#ifndef NSTOOLS_BASE_FILE_H
#define NSTOOLS_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Read all of fd (or of the file `path` below dirfd), at most `limit` bytes;
 * a NUL is added behind. The caller frees *text. -1 with errno; EFBIG when
 * there is more than limit.
 */
int file_read_fd(int fd, size_t limit, char **text, size_t *len);
int file_read_at(int dirfd, const char *path, size_t limit, char **text, size_t *len);

/*
 * A file of procfs whose text the kernel makes in one piece, as /proc/PID/cgroup: less than was asked for is
 * the end, and no second read looks for it. Not for what is made line by line, as mountinfo is.
 */
int file_read_whole(const char *path, char **text, size_t *len);

/* As file_read_at, into the caller's buffer, NUL-terminated, one trailing newline removed. Returns the length or -1. */
ssize_t file_read_small(int dirfd, const char *path, char *buf, size_t size);

/* Write all of text, over short writes and EINTR. 0 or -1 with errno. */
int file_write_fd(int fd, const char *text, size_t len);

/* Open the existing file (O_WRONLY|O_CLOEXEC|O_NOFOLLOW), write text in one write(), close. For kernel files. */
int file_write_at(int dirfd, const char *path, const char *text);

#endif
