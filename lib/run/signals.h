/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ctrl-C while a container is set up must undo what was done. Signals are
 * blocked from before the first step. SIGINT, SIGTERM, SIGHUP and SIGQUIT are
 * looked at where the runtime waits; there they turn into an error like any
 * other. The rest stays pending: run/relay.h passes it on to the process, and
 * without it the caller gets it once the container is made.
 * A caller that ignores SIGCHLD would have our children vanish, and their
 * statuses with them: it has its default meanwhile.
 */
#ifndef NSTOOLS_RUN_SIGNALS_H
#define NSTOOLS_RUN_SIGNALS_H

#include <signal.h>
#include <stdint.h>
#include <stdbool.h>

struct err;

struct signals {
	sigset_t caller;  /* the mask there was */
	uint64_t ignored; /* struct host's: bit n - 1 is signal n */
	struct sigaction child; /* what was done on SIGCHLD */
	int fd;          /* signalfd(2) of those blocked, made when first waited for; 0: none */
	bool is_relay;   /* the descriptor is for those passed on at the moment (run/relay.h) */
};

/* What a runtime in the foreground passes on to the process. */
void signals_passed_on(sigset_t *set);
void signals_block(struct signals *signals);
/* Back to the mask there was: what came meanwhile is delivered now. */
void signals_restore(struct signals *signals);
/* Wait until fd is readable. 0, or -1 with err when one of the signals came. Those ignored stay so. */
int signals_wait(struct signals *signals, int fd, struct err *err);
/* For callers with a poll(2) of their own: a descriptor that is readable when there may be one, -1 with err. */
int signals_open(struct signals *signals, struct err *err);
/* It was readable: 0, or -1 with err when one of the signals came. */
int signals_take(struct signals *signals, struct err *err);
/* Whether our caller had it ignored (nohup). A signal that is blocked is queued all the same. */
bool signals_is_ignored(int number);
/* In the child: the mask emptied, and what the caller ignored at its default. */
void signals_reset(const struct signals *signals);
/*
 * In the child while it waits for start: SIGHUP, SIGINT, SIGQUIT and SIGTERM end
 * it. The first process of a pid namespace does not feel them otherwise.
 */
void signals_obey(bool obey);

#endif
