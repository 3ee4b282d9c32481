/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ctrl-C while a container is set up must undo what was done. SIGINT, SIGTERM,
 * SIGHUP and SIGQUIT are blocked from before the first step, and let in only
 * where the runtime waits; there they turn into an error like any other.
 */
#ifndef NSTOOLS_RUN_SIGNALS_H
#define NSTOOLS_RUN_SIGNALS_H

#include <signal.h>

struct err;

/* Block them; *caller is the mask there was. */
void signals_block(sigset_t *caller);
/* Back to the mask there was: what came meanwhile is delivered now. */
void signals_restore(const sigset_t *caller);
/* Wait until fd is readable. 0, or -1 with err when one of the signals came. */
int signals_wait(int fd, const sigset_t *caller, struct err *err);
/* In the child: the mask emptied, and SIGPIPE, SIGCHLD, SIGINT, SIGQUIT, SIGTERM at their defaults. */
void signals_reset(void);

#endif
