/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_RUN_NOTIFY_H
#define NSTOOLS_RUN_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

struct err;

/*
 * Load a filter with SCMP_ACT_NOTIFY and give its descriptor to the agent
 * (config-linux.md, "Container process state"). After the filter is loaded any
 * system call of ours may wait for an agent that does not have the descriptor
 * yet, sendmsg too. So a helper that shares our descriptors and memory but not
 * the filter sends it, and until it has we make no system call at all.
 */
struct notify {
	int program;	      /* the compiled filter */
	uint64_t flags;	      /* SECCOMP_FILTER_FLAG_* */
	int socket;	      /* connected to linux.seccomp.listenerPath */
	const char *message;  /* the ContainerProcessState */
	size_t message_len;
};

int notify_load(const struct notify *notify, struct err *err);

#endif
