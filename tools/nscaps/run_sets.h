/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the options of `nscaps run` make of the sets that the caller has. Pure: no system call. */
#ifndef NSTOOLS_NSCAPS_RUN_SETS_H
#define NSTOOLS_NSCAPS_RUN_SETS_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct kern_caps;

/* The options' text, NULL where one is not given. */
struct run_sets_request {
	const char *keep, *drop, *bounding, *inheritable, *ambient;
};

/*
 * Fill `want` as the program shall have it behind execve: all five sets of
 * `have` with the request applied. root: it runs as user 0 without the
 * securebit noroot, and so gets all that is bounding or inheritable; others
 * get what is ambient. What cannot be had is an error that names it; what "all"
 * names is cut to what there is. An ambient capability becomes inheritable too.
 */
int run_sets_make(const struct run_sets_request *request, const struct kern_caps *have, bool root,
		  struct kern_caps *want, struct err *err);

/* "noroot,keep_caps", "+noroot", "-noroot" (change `from`), "none", or a number. */
int run_sets_securebits(const char *text, uint32_t from, uint32_t *bits, struct err *err);

#endif
