/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stopping in two calls, so that several containers end at the same time. */
#ifndef NSTOOLS_RUN_STOP_H
#define NSTOOLS_RUN_STOP_H

#include <stdint.h>

struct err;
struct run_context;

/*
 * Ask it to end, with the signal (0: the spec's nsinit.stopSignal, or
 * SIGTERM). A paused container is resumed first; one that was not started is
 * not asked, and a stopped one is no error.
 */
int run_stop_ask(const struct run_context *context, const char *id, int signal, struct err *err);
/* Wait for its end, and kill what is left of it when timeout_usec has passed. One that is deleted meanwhile
 * is no error. */
int run_stop_wait(const struct run_context *context, const char *id, uint64_t timeout_usec, struct err *err);

#endif
