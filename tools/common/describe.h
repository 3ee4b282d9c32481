/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that describe a container (--rootfs, --hostname, --memory ...), shared by `run`, `create` and
 * `spec`. */
#ifndef NSTOOLS_COMMON_DESCRIBE_H
#define NSTOOLS_COMMON_DESCRIBE_H

#include <stdbool.h>

struct describe;
struct err;
struct option_table;
struct spec;

/*
 * Their tables; the target of each is the struct describe. A command lists them among its own:
 *	static const struct option_table *const tables[] = { &run_table, DESCRIBE_TABLES, NULL };
 *	command_options(call, (void *[]){ &options, DESCRIBE_TARGETS(describe) }, ...
 */
extern const struct option_table describe_process, describe_files, describe_isolation, describe_resources,
	describe_security;
#define DESCRIBE_TABLES                                                                                      \
	&describe_process, &describe_files, &describe_isolation, &describe_resources, &describe_security
#define DESCRIBE_TARGETS(d) (d), (d), (d), (d), (d)

struct describe *describe_new(void);
void describe_free(struct describe *describe); /* accepts NULL */
/* No option of these was given. */
bool describe_is_empty(const struct describe *describe);
/* Change the spec by what was given; strings are copied into its arena. */
int describe_apply(const struct describe *describe, struct spec *spec, struct err *err);

#endif
