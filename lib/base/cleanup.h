/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locals that own something say so: auto_free, auto_close, auto_fclose; take_*() hands over. */
#ifndef NSTOOLS_BASE_CLEANUP_H
#define NSTOOLS_BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Closers keep errno and accept the null value. */
static inline void close_keep_errno(int fd)
{
	if (fd >= 0) {
		int saved = errno;

		close(fd);
		errno = saved;
	}
}

static inline void cleanup_free(void *p)
{
	int saved = errno;

	free(*(void **)p);
	errno = saved;
}

static inline void cleanup_close(const int *fd)
{
	close_keep_errno(*fd);
}

/*
 * For descriptors that many are of and that all go at once, by one close_range(2) or with the process: below
 * this number leave_fd() leaves them. 0, as it is unless somebody sets it: it closes like the others. Never
 * for pipes and sockets, whose other end waits.
 */
extern int cleanup_leave_below;

static inline void leave_fd(int fd)
{
	if (fd >= cleanup_leave_below)
		close_keep_errno(fd);
}

static inline void cleanup_leave(const int *fd)
{
	leave_fd(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f) {
		int saved = errno;

		fclose(*f);
		errno = saved;
	}
}

static inline void cleanup_closedir(DIR **d)
{
	if (*d) {
		int saved = errno;

		closedir(*d);
		errno = saved;
	}
}

#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_close __attribute__((cleanup(cleanup_close)))
#define auto_leave __attribute__((cleanup(cleanup_leave)))
#define auto_fclose __attribute__((cleanup(cleanup_fclose)))
#define auto_closedir __attribute__((cleanup(cleanup_closedir)))

/* Hand an fd or a pointer over to the caller: the local no longer owns it. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define take_ptr(p)                          \
	__extension__({                      \
		__typeof__(p) taken_ = (p);  \
		(p) = NULL;                  \
		taken_;                      \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
