/* SPDX-License-Identifier: GPL-2.0-or-later */
/* v2's values as v1's files have them, and back. */
#ifndef NSTOOLS_PLAN_KEY_V1_H
#define NSTOOLS_PLAN_KEY_V1_H

#include <stddef.h>

struct arena;
struct err;
struct plan_key_context;
struct plan_key_use;

#define PLAN_KEY_WRITES_MAX 4
struct plan_key_write {
	const char *file, *value;
};
struct plan_key_writes {
	struct plan_key_write items[PLAN_KEY_WRITES_MAX];
	size_t count;
};

/* The key's file of v1, its "*" filled in; NULL: v1 has no equal. */
const char *plan_key_v1_file(struct arena *arena, const struct plan_key_use *use);
int plan_key_no_equal(struct arena *arena, const struct plan_key_use *use, struct err *err);
/* What to write on v1 for a value in v2's form. -1 with err where v1 cannot say it. */
int plan_key_to_v1(const struct plan_key_context *context, const struct plan_key_use *use, const char *value,
		   struct plan_key_writes *writes, struct err *err);
/* The value in v2's form by v1's files; NULL where they are not there. */
const char *plan_key_from_v1(const struct plan_key_context *context, const struct plan_key_use *use);
/* Of a file of v1 that v2 has no equal of: what comes near; else NULL. */
const char *plan_key_v1_only(const char *name);

#endif
