/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocked on a pidfd or on the state directory, never polling. */
#ifndef NSTOOLS_RUN_WAIT_H
#define NSTOOLS_RUN_WAIT_H

#include <stdint.h>

struct err;
struct run_context;

struct run_wait_request {
	const char *id, *status; /* status: "stopped", "running", ...; NULL: stopped */
	uint64_t timeout_usec;	 /* 0: no limit; else ERR_STATE when it passed */
};
/* Block until the container has that status. *exit_code is -1 where the kernel cannot tell it. */
int run_wait(const struct run_context *context, const struct run_wait_request *request, int *exit_code,
	     struct err *err);

#endif
