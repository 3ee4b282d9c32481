/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the golden tests' files share. README.md here says what the data files look like. */
#ifndef NSTOOLS_GOLDEN_H
#define NSTOOLS_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct host;
struct strbuf;

/* A file of tests/golden, or NULL where there is none. The caller frees. */
char *golden_read(const char *name, size_t *len);
/* Every NAME.json below tests/golden that is a case; returns how many. */
size_t golden_each(void (*test)(const char *path, void *context), void *context);
/* hosts/NAME.host; the test fails where it is wrong. */
void golden_host_read(const char *name, struct arena *arena, struct host *host);
/* The plan of a case, or (true) the error. as_json: as JSON whatever NAME.on says, and without warnings. */
bool golden_make(const char *path, bool as_json, struct strbuf *out);

#endif
