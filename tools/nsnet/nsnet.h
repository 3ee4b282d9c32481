/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the global options say, and what nsnet's commands share. Include run/net.h before. */
#ifndef NSTOOLS_NSNET_NSNET_H
#define NSTOOLS_NSNET_NSNET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct command_call;
struct err;
struct json;
struct spec;

/* A struct command_call's globals. */
struct nsnet {
	const char *root; /* --root: where nsinit keeps its containers; NULL: nsinit's default */
	bool debug;
};

/* TARGET, resolved once: from here on it is a descriptor. {0} is not valid; nsnet_target_open() fills it. */
struct nsnet_target {
	struct run_net_target run; /* owner and netns */
	char *owner, *name;	   /* owned; name: TARGET as it was given */
	pid_t pid;		   /* 0: not a process */
	bool container;		   /* TARGET is a container's id */
	bool created;		   /* new:NAME was made by this call */
};

enum nsnet_target_flags {
	NSNET_TARGET_NEW = 1,  /* new:NAME is allowed, and made where it is missing */
	NSNET_TARGET_GONE = 2, /* a container that has stopped is fine: netns is -1 then */
	NSNET_TARGET_PROCESS = 4, /* its process alone is wanted: no owner is found out, which takes privileges */
};

/*
 * TARGET is a container's id, a PID, a namespace file (anything with a "/"),
 * "new:NAME", or the NAME of one in /run/netns; a container's id goes before
 * such a NAME. 0, or -1 with err. nsnet_target_close() after either.
 */
int nsnet_target_open(struct command_call *call, const char *name, unsigned flags, struct nsnet_target *target,
		      struct err *err);
/* After a failure: a namespace that new:NAME made for this call goes too. */
void nsnet_target_discard(struct nsnet_target *target);
void nsnet_target_close(struct nsnet_target *target);
#define auto_target __attribute__((cleanup(nsnet_target_close)))

/*
 * A network configuration put together from the command line, read by the
 * spec's own reader: networks, routes, firewall are arrays and objects as
 * nsinit-spec(5) has them. Frees json. NULL with err; spec_free() the result.
 */
struct spec *nsnet_read_json(struct json *json, struct err *err);

#endif
