/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the global options say, and what the commands share. */
#ifndef NSTOOLS_NSINIT_NSINIT_H
#define NSTOOLS_NSINIT_NSINIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command_call;
struct err;
struct run_context;

/* A struct command_call's globals. */
struct nsinit {
	const char *root, *log, *log_level;
	int rootless;       /* enum nsinit_rootless */
	int log_format;     /* 0 text, 1 json */
	int cgroup_manager; /* enum plan_cgroup_manager */
	bool systemd_cgroup, debug;
	char *root_default;          /* owned */
	struct run_context *context; /* for run/run.h's calls */
};

enum nsinit_rootless { NSINIT_ROOTLESS_AUTO, NSINIT_ROOTLESS, NSINIT_NOT_ROOTLESS };

/* run/run.h's context of a call. */
const struct run_context *nsinit_context(const struct command_call *call);

/* The descriptors that what we start may have. */
struct nsinit_fds {
	uint32_t preserved;       /* --preserve-fds */
	uint32_t listen;          /* of LISTEN_FDS: they are the first of those passed on */
	const char *listen_names; /* LISTEN_FDNAMES, or NULL */
};

/*
 * Before anything is opened in a command: descriptors behind the standard
 * three, those of LISTEN_FDS and then `preserved` ones are closed for what we start; preserved becomes the sum.
 */
int nsinit_inherit_fds(struct nsinit_fds *fds, struct err *err);

/* The file's text, "-" is standard input; the caller frees it. At most JSON_SIZE_MAX bytes. */
int nsinit_read_text(const char *path, char **text, size_t *len, struct err *err);
/* path made absolute (owned by the caller); "-" and NULL stay. */
int nsinit_absolute(const char *path, char **absolute, struct err *err);

#endif
