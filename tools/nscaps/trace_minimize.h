/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_NSCAPS_TRACE_MINIMIZE_H
#define NSTOOLS_NSCAPS_TRACE_MINIMIZE_H

#include <stdint.h>

struct err;

/*
 * The kernel also asks where a program would get by without: for CAP_FSETID
 * at each chmod(2), for CAP_DAC_READ_SEARCH at each directory of PATH. So run
 * the command (args, NULL at the end) again with `*set`, then without each of
 * it, its output going nowhere; what does not change its exit status is left
 * out. An error, and the set as it was, where the status is another with the whole set already.
 */
int trace_minimize(const char *const *args, int status, uint64_t *set, struct err *err);

#endif
