/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of plan/key*.c. */
#ifndef NSTOOLS_PLAN_KEY_INTERNAL_H
#define NSTOOLS_PLAN_KEY_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct plan_key_context;
struct plan_key_use;

/* plan_key_parse() of a name whose values are v1's, and of io.max and io.weight. */
int plan_key_parse_alias(const struct plan_key_context *context, const struct plan_key_use *use,
			 const char *text, const char **value, struct err *err);
int plan_key_parse_io(const struct plan_key_context *context, const struct plan_key_use *use,
		      const char *text, const char **value, struct err *err);
/* "KEY: expected WHAT, found "TEXT"". Returns -1. */
int plan_key_expected(struct err *err, const struct plan_key_use *use, const char *text, const char *what);
#define plan_key_expected(...) err_failed(plan_key_expected(__VA_ARGS__))

/* Which of v1's weight files this kernel has. */
const char *plan_key_v1_weight_file(const struct plan_key_context *context, bool bfq_only);
/* A number of a v1 file. */
#define PLAN_KEY_V1_NONE UINT64_MAX          /* no limit */
#define PLAN_KEY_V1_UNKNOWN (UINT64_MAX - 1) /* no such file */
uint64_t plan_key_v1_number(const struct plan_key_context *context, const char *file);

#endif
