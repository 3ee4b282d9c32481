/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation that does not fail: out of memory ends the program, exit status 125. */
#ifndef NSTOOLS_BASE_MEMORY_H
#define NSTOOLS_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

void memory_exhausted(void) __attribute__((noreturn, cold));
void *memory_zalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *memory_grow(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *memory_strdup(const char *text) __attribute__((malloc, returns_nonnull));
char *memory_printf(const char *format, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull));
/* Whether nothing was ever put into a struct that was zeroed as a whole. */
bool memory_is_zero(const void *memory, size_t size);

#endif
