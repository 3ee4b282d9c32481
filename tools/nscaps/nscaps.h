/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the global options say, and what the commands share. */
#ifndef NSTOOLS_NSCAPS_NSCAPS_H
#define NSTOOLS_NSCAPS_NSCAPS_H

#include <stdint.h>

struct command_call;
struct err;
struct json;
struct kern_caps;
struct run_context;

/* A struct command_call's globals. */
struct nscaps {
	const char *root;
	char *root_default; /* owned */
};

/* Of a call, for run/run.h; only commands that look at containers ask. */
int nscaps_context(const struct command_call *call, struct run_context *context, struct err *err);

/* The five sets in the order in which all of nscaps shows them: "permitted", "effective", ... */
enum { NSCAPS_SETS = 5 };
extern const char *const nscaps_set_names[NSCAPS_SETS];
uint64_t *nscaps_set_of(struct kern_caps *caps, unsigned set);
/* As the OCI spec's process.capabilities: each set an array of names. json_free() where it is not put into another. */
struct json *nscaps_caps_json(const struct kern_caps *caps);

/* "root", or "#4321" where nobody has that name; valid until the next call. */
const char *nscaps_user_name(uint32_t uid);

#endif
