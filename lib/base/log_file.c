/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --log: apart from log.c, so that a program without it does not need JSON. */
#include <ctype.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/log_internal.h"
#include "base/strbuf.h"
#include "base/timestamp.h"

static struct {
	int fd; /* or 0 for none */
	bool json;
} log_file;

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

/* One line to the log file, in its format. An engine shows of an error its msg alone, so the hint is part of it. */
static void to_file(enum log_level level, const char *message, const struct err *err)
{
	auto_strbuf struct strbuf text = { 0 }, line = { 0 };
	char small[2560];
	char now[TIMESTAMP_SIZE];

	timestamp_now(now);
	strbuf_puts(&text, err && log_file.json ? text_for_engines(err, small, sizeof(small)) : message);
	if (err && *err->hint)
		strbuf_printf(&text, " (hint: %s)", err->hint);
	if (log_file.json) {
		struct json *entry = json_object();

		json_set_string(entry, "level", log_level_name(level));
		json_set_text(entry, "msg", text.text);
		json_set_string(entry, "time", now);
		if (*log_subject())
			json_set_string(entry, "id", log_subject());
		json_print(entry, false, &line);
		json_free(entry);
	} else {
		strbuf_printf(&line, "%s %s: ", now, log_level_name(level));
		log_add_clean(&line, text.text);
	}
	strbuf_puts(&line, "\n");
	/* A log that cannot be written must not change what the program does. */
	(void)file_write_fd(log_file.fd, line.text, line.len);
}

int log_open(const char *path, bool json, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);

	if (fd < 0)
		return err_system(err, "open", "%s", path);
	log_file.fd = fd;
	log_file.json = json;
	log_set_sink(to_file);
	return 0;
}

int log_descriptor(void)
{
	return log_file.fd ? log_file.fd : -1;
}
