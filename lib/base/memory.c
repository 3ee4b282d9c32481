/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

void memory_exhausted(void)
{
	static const char text[] = "out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0) {
		/* nowhere left to say it */
	}
	_exit(125);
}

void *memory_zalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		memory_exhausted();
	return p;
}

void *memory_grow(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count ? count : 1, size ? size : 1);

	if (!p)
		memory_exhausted();
	return p;
}

bool memory_is_zero(const void *memory, size_t size)
{
	const unsigned char *byte = memory;

	for (size_t i = 0; i < size; i++)
		if (byte[i])
			return false;
	return true;
}

char *memory_strdup(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		memory_exhausted();
	return copy;
}

char *memory_printf(const char *format, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0)
		memory_exhausted();
	return text;
}
