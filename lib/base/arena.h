/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that lives and dies together: a spec, a plan. Everything handed out
 * is zeroed and freed by arena_free(). Running out of memory ends the program
 * with a message (exit status 125): it happens before anything was changed.
 */
#ifndef NSTOOLS_BASE_ARENA_H
#define NSTOOLS_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void) __attribute__((malloc, returns_nonnull));
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((malloc, returns_nonnull));
char *arena_strdup(struct arena *arena, const char *text) __attribute__((malloc, returns_nonnull));
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3), malloc, returns_nonnull));
void arena_free(struct arena *arena); /* accepts NULL */

#endif
