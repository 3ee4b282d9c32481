/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What run and create share: their options, the spec, and the request that is made of both. */
#ifndef NSTOOLS_NSINIT_BEGIN_H
#define NSTOOLS_NSINIT_BEGIN_H

#include <stdbool.h>

struct begin;
struct command_call;
struct err;
struct option_table;
struct run_context;
struct run_request;

/* The tables of `create`, and those of `run`, which has more; NULL at the end. */
extern const struct option_table *const begin_create_tables[];
extern const struct option_table *const begin_run_tables[];

/*
 * Read the command line and the spec it names. *begin is NULL when --help was
 * printed. With `create` a bundle is needed: the built-in default spec is for
 * run alone. 0, or -1 with err; begin_free() after either.
 */
int begin_read(struct begin **begin, struct command_call *call, bool create, struct err *err);
void begin_free(struct begin *begin); /* accepts NULL */

const struct run_context *begin_context(const struct begin *begin);
const struct run_request *begin_request(const struct begin *begin);
const char *begin_id(const struct begin *begin);
/* No id was given: it is told to the caller. */
bool begin_id_is_made_up(const struct begin *begin);
/* --dry-run: print the plan; nothing is done. */
bool begin_is_dry(const struct begin *begin);
int begin_print_plan(const struct begin *begin, struct err *err);

#endif
