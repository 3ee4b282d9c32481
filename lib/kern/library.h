/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Libraries that most containers do without: loaded on first use, each by one small file *_library.c. */
#ifndef NSTOOLS_KERN_LIBRARY_H
#define NSTOOLS_KERN_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* A function of the library, and the pointer to a function that it goes into. */
struct kern_library_symbol {
	const char *name;
	void *function;
};

struct kern_library {
	const char *file, *subject; /* the name for dlopen(3); what the library is for, in messages */
	bool loaded;
};

/*
 * dlopen(3) and all symbols, once: the library stays. 0, or -1 with err
 * (ERR_UNSUPPORTED): it is missing or too old.
 */
int kern_library_load(struct kern_library *library, const struct kern_library_symbol *symbols, size_t count,
		      struct err *err);

#endif
