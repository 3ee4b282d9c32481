/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

/* Format into a fixed field; what does not fit ends in "...". */
static void fill(char *field, size_t size, const char *format, va_list ap)
{
	int n = vsnprintf(field, size, format, ap);

	if (n >= 0 && (size_t)n >= size)
		memcpy(field + size - 4, "...", 4);
}

static void copy(char *field, size_t size, const char *text)
{
	if (text && !field[0] && snprintf(field, size, "%s", text) >= (int)size)
		memcpy(field + size - 4, "...", 4);
}

int (err_system)(struct err *err, const char *op, const char *object, ...)
{
	int errnum = errno;
	va_list ap;

	if (err->kind)
		return -1;
	err->kind = ERR_SYSTEM;
	err->errnum = errnum;
	copy(err->op, sizeof(err->op), op);
	va_start(ap, object);
	fill(err->object, sizeof(err->object), object, ap);
	va_end(ap);
	errno = errnum;
	return -1;
}

int (err_system_at)(struct err *err, const char *op, int dir, const char *name)
{
	int errnum = errno;
	char link[sizeof("/proc/self/fd/") + 3 * sizeof(dir)], path[sizeof(err->object)];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	len = readlink(link, path, sizeof(path));
	errno = errnum;
	return len > 0 ? err_system(err, op, "%.*s/%s", (int)len, path, name) : err_system(err, op, "%s", name);
}

int (err_set)(struct err *err, enum err_kind kind, const char *op, const char *message, ...)
{
	va_list ap;

	if (err->kind)
		return -1;
	err->kind = kind;
	copy(err->op, sizeof(err->op), op);
	va_start(ap, message);
	fill(err->message, sizeof(err->message), message, ap);
	va_end(ap);
	return -1;
}

int (err_object)(struct err *err, const char *object, ...)
{
	va_list ap;

	if (err->kind && !err->object[0]) {
		va_start(ap, object);
		fill(err->object, sizeof(err->object), object, ap);
		va_end(ap);
	}
	return -1;
}

int (err_hint)(struct err *err, const char *hint, ...)
{
	va_list ap;

	if (err->kind && !err->hint[0]) {
		va_start(ap, hint);
		fill(err->hint, sizeof(err->hint), hint, ap);
		va_end(ap);
	}
	return -1;
}

int (err_where)(struct err *err, const char *file, const char *pointer)
{
	if (err->kind) {
		copy(err->file, sizeof(err->file), file);
		copy(err->where, sizeof(err->where), pointer);
	}
	return -1;
}

int (err_step)(struct err *err, const char *step, const char *pointer)
{
	if (err->kind) {
		copy(err->step, sizeof(err->step), step);
		copy(err->where, sizeof(err->where), pointer);
	}
	return -1;
}

const char *err_text(const struct err *err, char *buf, size_t size)
{
	FILE *f = fmemopen(buf, size, "w");
	const char *colon = "";

	buf[0] = '\0';
	if (!f)
		return buf;
	if (err->op[0] || err->object[0]) {
		fprintf(f, "%s%s%s", err->op, err->op[0] && err->object[0] ? " " : "", err->object);
		colon = ": ";
	}
	if (err->message[0]) {
		fprintf(f, "%s%s", colon, err->message);
		colon = ": ";
	}
	if (err->errnum)
		fprintf(f, "%s%s", colon, strerror(err->errnum));
	if (err->where[0] || err->file[0])
		fprintf(f, " (%s%s%s)", err->file[0] ? err->file : "spec", err->where[0] ? ": " : "",
			err->where);
	fclose(f);
	buf[size - 1] = '\0';
	/* Input can hold newlines and escape sequences: an error is one line, and no terminal obeys it. */
	for (char *p = buf; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return buf;
}
