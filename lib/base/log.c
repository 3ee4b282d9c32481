/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/log_internal.h"
#include "base/strbuf.h"

/* Container ids have at most 1024 characters. */
#define SUBJECT_SIZE 1025

static struct {
	const char *program;
	char subject[SUBJECT_SIZE];
	enum log_level level;
	log_sink *sink; /* of --log, or NULL */
} log_state = { .program = "nstools", .level = LOG_LEVEL_WARNING };

static const char *const level_names[] = { "error", "warning", "info", "debug" };

void log_set_sink(log_sink *sink)
{
	log_state.sink = sink;
}

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

const char *log_subject(void)
{
	return log_state.subject;
}

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

/* Input and what hooks write can hold newlines and escape sequences: one line, and no terminal obeys it. */
void log_add_clean(struct strbuf *line, const char *text)
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
	log_add_clean(&text, message);
	if (hint && *hint) {
		strbuf_puts(&text, "\nhint: ");
		log_add_clean(&text, hint);
	}
	strbuf_puts(&text, "\n");
	fputs(text.text, stderr);
}

/* err: whose text the message is, or NULL. */
static void emit(enum log_level level, const char *message, const struct err *err)
{
	if (level > log_state.level)
		return;
	if (log_state.sink)
		log_state.sink(level, message, err);
	/* Errors are always shown; the rest goes to the log file where there is one. */
	if (log_state.sink && level != LOG_LEVEL_ERROR)
		return;
	to_stderr(level == LOG_LEVEL_WARNING ? "warning: " : "", message, err ? err->hint : NULL);
}

void log_error(const struct err *err)
{
	char text[2560];

	emit(LOG_LEVEL_ERROR, err_text(err, text, sizeof(text)), err);
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
		emit(of_level, text, NULL);                                                                  \
		errno = saved;                                                                               \
	}

DEFINE_LOG(log_warning, LOG_LEVEL_WARNING)
DEFINE_LOG(log_info, LOG_LEVEL_INFO)
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG)
