/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a command names, and with recursion those below them. */
#ifndef NSTOOLS_NSCAPS_FILE_WALK_H
#define NSTOOLS_NSCAPS_FILE_WALK_H

#include <stdbool.h>

struct err;

struct file_walk {
	bool recursive; /* into directories, over symbolic links and other file systems it does not go */
	/* Of each regular file: `file` is an O_PATH descriptor, no name can change what it is. 0, or -1 with err. */
	int (*visit)(void *data, int file, const char *path, struct err *err);
	void *data;
};

/*
 * A symbolic link that is named is followed, one found below is not. What is
 * named and no regular file is an error, unless it is a directory and the
 * walk recursive. A directory that cannot be read ends the walk.
 */
int file_walk(const struct file_walk *walk, const char *path, struct err *err);

/* The errors that file_walk() would have with the path itself: of several, before the first is changed. */
int file_walk_check(const struct file_walk *walk, const char *path, struct err *err);

#endif
