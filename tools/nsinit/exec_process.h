/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that `nsinit exec` is to start, from its options and the container's own spec. */
#ifndef NSTOOLS_NSINIT_EXEC_PROCESS_H
#define NSTOOLS_NSINIT_EXEC_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct option_table;
struct run_context;
struct spec_process;

struct exec_process;

/* Read by this table (its target is a struct exec_process). */
extern const struct option_table exec_process_table;

struct exec_process *exec_process_new(void);
void exec_process_free(struct exec_process *options); /* accepts NULL */

/*
 * The process: --process FILE as it stands there, else what the container's
 * own has, changed by the options, with these arguments. It lives as long as
 * the options. NULL with err.
 */
const struct spec_process *exec_process_read(struct exec_process *options, const struct run_context *context,
					     char *const *operands, struct err *err);

#endif
