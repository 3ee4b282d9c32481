/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/strbuf.h"

#define SMALL 2048 /* kernel files up to here come in one piece */

int file_read_fd(int fd, size_t limit, char **text, size_t *len)
{
	auto_strbuf struct strbuf buf = { 0 };
	char chunk[16 * 1024];
	ssize_t n;

	strbuf_add(&buf, "", 0);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (buf.len + (size_t)n > limit) {
			errno = EFBIG;
			return -1;
		}
		strbuf_add(&buf, chunk, (size_t)n);
	}
	if (len)
		*len = buf.len;
	*text = take_ptr(buf.text);
	return 0;
}

int file_read_whole(const char *path, char **text, size_t *len)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	auto_strbuf struct strbuf buf = { 0 };
	char chunk[16 * 1024];
	ssize_t n;

	if (fd < 0)
		return -1;
	strbuf_add(&buf, "", 0);
	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			strbuf_add(&buf, chunk, (size_t)n);
	} while (n < 0 || n >= SMALL);
	*len = buf.len;
	*text = take_ptr(buf.text);
	return 0;
}

int file_read_at(int dirfd, const char *path, size_t limit, char **text, size_t *len)
{
	auto_close int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : file_read_fd(fd, limit, text, len);
}

ssize_t file_read_small(int dirfd, const char *path, char *buf, size_t size)
{
	auto_close int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return -1;
	while (len < size - 1) {
		ssize_t n = read(fd, buf + len, size - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		len += (size_t)n;
		/* Less than a page, in less than the room there was: that was all (seq_read_iter of the kernel). */
		if (n == 0 || (len < size - 1 && len < SMALL))
			break;
	}
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return (ssize_t)len;
}

int file_write_fd(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_write_at(int dirfd, const char *path, const char *text)
{
	auto_close int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return -1;
	do
		n = write(fd, text, len);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n != len) {
		errno = EIO;
		return -1;
	}
	return n < 0 ? -1 : 0;
}
