/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_RUN_RELAY_H
#define NSTOOLS_RUN_RELAY_H

#include <sys/types.h>

struct err;
struct signals;

/* A process in the foreground. */
struct relay {
	pid_t pid;
	int pidfd;
	int master; /* its terminal's master, or -1: it has our own descriptors */
	int log;    /* what it writes to the terminal goes here too; 0: nowhere */
	struct signals *signals; /* whose descriptor, where there is one, is used on */
};

/*
 * Until the process ends: signals sent to us are passed on, the terminal is
 * relayed between our standard input and output and the master, which is read
 * to its end. Our own terminal is raw meanwhile and restored. *status is wait(2)'s.
 */
int relay_run(const struct relay *relay, int *status, struct err *err);

#endif
