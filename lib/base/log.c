/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/timestamp.h"

/* Container ids have at most 1024 characters. */
#define SUBJECT_SIZE 1025

static struct {
	const char *program;
	char subject[SUBJECT_SIZE];
	enum log_level level;
	int fd; /* of --log, or 0 for none */
	bool json;
} log_state = { .program = "nstools", .level = LOG_LEVEL_WARNING };

static const char *const level_names[] = { "error", "warning", "info", "debug" };

void log_init(const char *program, enum log_level level)
{
	log_state.program = program;
	log_state.level = level;
}

void log_set_level(enum log_level level)
{
	log_state.level = level;
}

void log_set_subject(const char *subject)
{
	snprintf(log_state.subject, sizeof(log_state.subject), "%s", subject ? subject : "");
}

int log_level_parse(const char *name, enum log_level *level)
{
	/* runc's and crun's names for what we do not tell apart */
	static const struct {
		const char *name;
		enum log_level level;
	} aliases[] = { { "fatal", LOG_LEVEL_ERROR },
			{ "panic", LOG_LEVEL_ERROR },
			{ "warn", LOG_LEVEL_WARNING },
			{ "trace", LOG_LEVEL_DEBUG } };

	for (size_t i = 0; i < ARRAY_SIZE(level_names); i++)
		if (!strcmp(name, level_names[i]))
			return *level = (enum log_level)i, 0;
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(name, aliases[i].name))
			return *level = aliases[i].level, 0;
	return -1;
}

int log_open(const char *path, bool json, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);

	if (fd < 0)
		return err_system(err, "open", "%s", path);
	log_state.fd = fd;
	log_state.json = json;
	return 0;
}

int log_descriptor(void)
{
	return log_state.fd ? log_state.fd : -1;
}

/* Input and what hooks write can hold newlines and escape sequences: one line, and no terminal obeys it. */
static void add_clean(struct strbuf *line, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;

		if (*p == '\n')
			strbuf_puts(line, "; ");
		else if (*p < 0x20 || *p == 0x7f || c1)
			strbuf_puts(line, "?");
		else
			strbuf_add(line, (const char *)p, 1);
		p += c1;
	}
}

/* One line to the log file, in its format. */
static void to_file(enum log_level level, const char *message, const char *hint)
{
	auto_strbuf struct strbuf line = { 0 };
	char now[TIMESTAMP_SIZE];

	timestamp_now(now);
	if (log_state.json) {
		struct json *entry = json_object();

		json_set_string(entry, "level", level_names[level]);
		json_set_text(entry, "msg", message);
		json_set_string(entry, "time", now);
		if (*log_state.subject)
			json_set_string(entry, "id", log_state.subject);
		if (hint && *hint)
			json_set_text(entry, "hint", hint);
		json_print(entry, false, &line);
		json_free(entry);
		strbuf_puts(&line, "\n");
	} else {
		strbuf_printf(&line, "%s %s: ", now, level_names[level]);
		add_clean(&line, message);
		strbuf_puts(&line, "\n");
	}
	/* A log that cannot be written must not change what the program does. */
	(void)file_write_fd(log_state.fd, line.text, line.len);
}

/* An error whose object is the container names it itself. */
static bool names_subject(const char *message)
{
	size_t len = strlen(log_state.subject);

	return !len || (!strncmp(message, log_state.subject, len) && message[len] == ':');
}

static void to_stderr(const char *prefix, const char *message, const char *hint)
{
	auto_strbuf struct strbuf text = { 0 };

	strbuf_printf(&text, "%s: ", log_state.program);
	if (!names_subject(message))
		strbuf_printf(&text, "%s: ", log_state.subject);
	strbuf_puts(&text, prefix);
	add_clean(&text, message);
	if (hint && *hint) {
		strbuf_puts(&text, "\nhint: ");
		add_clean(&text, hint);
	}
	strbuf_puts(&text, "\n");
	fputs(text.text, stderr);
}

/* logged: the message as the log file has it. */
static void emit(enum log_level level, const char *message, const char *logged, const char *hint)
{
	if (level > log_state.level)
		return;
	if (log_state.fd)
		to_file(level, logged, hint);
	/* Errors are always shown; the rest goes to the log file where there is one. */
	if (log_state.fd && level != LOG_LEVEL_ERROR)
		return;
	to_stderr(level == LOG_LEVEL_WARNING ? "warning: " : "", message, hint);
}

/*
 * The JSON log is what engines read, and they look for an errno's text as Go has it: as here, but small. Docker
 * makes a status 127 of "no such file or directory" and 126 of "permission denied".
 */
static const char *text_for_engines(const struct err *err, char *buf, size_t size)
{
	struct err small = *err;
	size_t len = strlen(small.message);
	char errnum[128];

	if (err->errnum) {
		snprintf(errnum, sizeof(errnum), "%s", strerror(err->errnum));
		if (islower((unsigned char)errnum[1]))
			*errnum = (char)tolower((unsigned char)*errnum);
		snprintf(small.message + len, sizeof(small.message) - len, "%s%s", len ? ": " : "", errnum);
		small.errnum = 0;
	}
	return err_text(&small, buf, size);
}

void log_error(const struct err *err)
{
	char text[2560], logged[2560];

	emit(LOG_LEVEL_ERROR, err_text(err, text, sizeof(text)),
	     log_state.json ? text_for_engines(err, logged, sizeof(logged)) : text, err->hint);
}

void log_text(const char *text)
{
	fputs(text, stderr);
}

#define DEFINE_LOG(name, of_level)                                                                           \
	void name(const char *format, ...)                                                                   \
	{                                                                                                    \
		int saved = errno;                                                                           \
		char text[2048];                                                                             \
		va_list ap;                                                                                  \
                                                                                                             \
		if ((of_level) > log_state.level)                                                            \
			return;                                                                              \
		va_start(ap, format);                                                                        \
		vsnprintf(text, sizeof(text), format, ap);                                                   \
		va_end(ap);                                                                                  \
		emit(of_level, text, text, NULL);                                                              \
		errno = saved;                                                                               \
	}

DEFINE_LOG(log_warning, LOG_LEVEL_WARNING)
DEFINE_LOG(log_info, LOG_LEVEL_INFO)
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG)
