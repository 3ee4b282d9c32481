/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between path.c and path_fallback.c: resolution in user space. */
#ifndef NSTOOLS_KERN_PATH_INTERNAL_H
#define NSTOOLS_KERN_PATH_INTERNAL_H

#include <stdbool.h>

/* What kern_path_walk makes when it is missing. */
enum kern_path_create { KERN_PATH_CREATE_NOTHING, KERN_PATH_CREATE_DIRECTORY, KERN_PATH_CREATE_FILE };

/*
 * Resolve `path` below root one component at a time, each by an O_PATH fd
 * that is held, so that ".." goes back to the directory we came through and
 * never to where someone moved it. Links are read and resolved as text inside
 * the root. Returns an fd opened with `flags` (as for kern_path_try), -1 with
 * errno. *made (may be NULL) tells whether the last component was made.
 */
int kern_path_walk(int root, const char *path, int flags, enum kern_path_create create, bool *made);

#endif
