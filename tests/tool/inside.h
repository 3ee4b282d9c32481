/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the program `inside` (inside.c says what it is). */
#ifndef NSTOOLS_TESTS_INSIDE_H
#define NSTOOLS_TESTS_INSIDE_H

#include <stddef.h>

struct inside {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the name */
};

/* Each list ends with a NULL name. */
extern const struct inside inside_seccomp[], inside_attacks[];

/* "ok RESULT" or "errno NAME", as a call has it; the return value is 0 or 1 for exit. */
int inside_say(const char *what, long result);

#endif
