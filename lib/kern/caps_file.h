/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities of files: the extended attribute security.capability (capabilities(7), "File capabilities"). */
#ifndef NSTOOLS_KERN_CAPS_FILE_H
#define NSTOOLS_KERN_CAPS_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct kern_caps_file {
	uint64_t permitted, inheritable;
	bool effective;	 /* one bit for all of them: the program has effective what it gets permitted */
	bool has_root;	 /* version 3: counts only in user namespaces whose root is */
	uint32_t root;	 /* this user, as the caller's user namespace numbers it */
};

/*
 * `file` is a descriptor, O_PATH is enough; /proc must be there. Get: 1, or 0
 * where the file has none. An attribute that is damaged or of a version newer
 * than 3 is an error. Set: without has_root version 2, which the kernel turns
 * into version 3 for the root of a user namespace other than the first. Remove: 0 also
 * where there was none. Errors name `path`.
 */
int kern_caps_file_get(int file, const char *path, struct kern_caps_file *caps, struct err *err);
int kern_caps_file_set(int file, const char *path, const struct kern_caps_file *caps, struct err *err);
int kern_caps_file_remove(int file, const char *path, struct err *err);

#endif
