/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside `nsinit check`: what was found, and who finds it. */
#ifndef NSTOOLS_NSINIT_CHECK_H
#define NSTOOLS_NSINIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct json;
struct run_context;
struct spec;

enum check_level { CHECK_ERROR, CHECK_WARNING, CHECK_UNKNOWN };

struct check_finding {
	enum check_level level;
	const char *text, *where, *hint; /* where: a JSON pointer, or "" */
};

/* {.arena} is a valid empty one; what is in it lives in the arena. */
struct check_findings {
	struct arena *arena;
	struct check_finding *items;
	size_t count;
	bool failed; /* one of them is an error */
};

void check_add(struct check_findings *findings, enum check_level level, const char *where, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));
/* What the spec needs and this host does not have, beside what the planner says. */
void check_against_host(struct check_findings *findings, const struct spec *spec);

/* Whether a caller without privileges may have the spec's id maps. */
void check_id_maps(struct check_findings *findings, const struct spec *spec);
/* Whether an overlay may be put together of these folders in a user namespace. */
void check_layers(struct check_findings *findings, const struct spec *spec, bool privileged);

/* --host: what this kernel and this caller have, as an object. */
struct json *check_host_facts(const struct run_context *context, struct err *err);

#endif
