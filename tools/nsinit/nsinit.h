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
	const char *root, *log, *log_level, *rootless;
	bool rootless_given;
	int log_format;	    /* 0 text, 1 json */
	int cgroup_manager; /* enum plan_cgroup_manager */
	bool systemd_cgroup, debug, version;
	char *root_default;	     /* owned */
	struct run_context *context; /* for run/run.h's calls */
};

/*
 * Before anything is opened in a command: descriptors from 3 + preserved on
 * are closed for what we start, and those of LISTEN_FDS are counted in.
 */
int nsinit_inherit_fds(uint32_t *preserved, struct err *err);

/* The file's text, "-" is standard input; the caller frees it. */
int nsinit_read_text(const char *path, char **text, size_t *len, struct err *err);
/* path made absolute (owned by the caller); "-" and NULL stay. */
int nsinit_absolute(const char *path, char **absolute, struct err *err);

#endif
