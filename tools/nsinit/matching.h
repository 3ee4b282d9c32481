/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --regex: the containers whose id matches, for kill and delete. */
#ifndef NSTOOLS_NSINIT_MATCHING_H
#define NSTOOLS_NSINIT_MATCHING_H

#include <stddef.h>

struct arena;
struct err;
struct run_context;

/* The ids that match the extended regular expression (regex(7)) whole or in part; in the arena. */
int matching_ids(const struct run_context *context, const char *regex, struct arena *arena, const char ***ids,
		 struct err *err);

/* NULL-terminated ids, called for each; errors are logged, and the first is kept in err at the end. */
typedef int matching_function(const struct run_context *context, const char *id, void *data, struct err *err);
int matching_each(const struct run_context *context, const char *const *ids, matching_function *function,
		  void *data, struct err *err);

#endif
