/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A string that grows. {0} is a valid empty one; text is always NUL-terminated once anything was added. */
#ifndef NSTOOLS_BASE_STRBUF_H
#define NSTOOLS_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
	char *text;
	size_t len, size;
};

void strbuf_add(struct strbuf *buf, const char *text, size_t len);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_printf(struct strbuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *buf, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
void strbuf_free(struct strbuf *buf);

#define auto_strbuf __attribute__((cleanup(strbuf_free)))

#endif
