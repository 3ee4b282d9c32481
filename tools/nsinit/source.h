/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which spec a command line means, for run, create, spec and check. */
#ifndef NSTOOLS_NSINIT_SOURCE_H
#define NSTOOLS_NSINIT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct describe;
struct err;
struct spec;

/*
 * The base is the first of: the file `spec`; config.json of `bundle`, or
 * `config` in its place; ./config.json where there is one; the built-in
 * default. It is made rootless where that is asked for, then changed by the
 * options, then by the command.
 */
struct source {
	const char *spec;   /* --spec: "-" is standard input; relative paths in it start at its own folder */
	const char *bundle; /* --bundle */
	const char *config; /* --config: relative to the working directory */
	const struct describe *describe; /* or NULL */
	char *const *command;            /* what stands behind "--" */
	int command_count;               /* 0: process.args stay */
	bool engine;                     /* create: there must be a config.json, never the built-in default */
	bool rootless;                   /* nsinit spec --rootless: whatever the base is */
	bool rootless_default;           /* for a caller without privileges: the built-in default alone */
	bool example;                    /* nsinit spec --bundle: the base is spec_example() */
};

/*
 * Read it. A spec that options changed was written and read again: they obey the same rules as a file,
 * and what runs is what `nsinit spec` prints. *text is the document that *spec was read from, or NULL where
 * there is none (the built-in default as it is); free() it, spec_free() the spec. Warnings are logged.
 */
int source_read(const struct source *source, struct spec **spec, char **text, size_t *len, struct err *err);

/* The base alone, without options and command; nothing is logged. For `nsinit check`. */
int source_read_base(const struct source *source, struct spec **spec, struct err *err);

#endif
