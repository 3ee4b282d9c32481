/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --log: apart from log.c, so that a program without it does not need JSON. */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>

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

/* Bytes of the character at p in UTF-8 (RFC 3629); 0: it is none. */
static size_t character_size(const unsigned char *p)
{
	size_t size = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < size; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* longer than need be, surrogates, above U+10FFFF */
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] >= 0xa0) || (*p == 0xf0 && p[1] < 0x90) ||
	    (*p == 0xf4 && p[1] >= 0x90))
		return 0;
	return size;
}

/* JSON is UTF-8, paths and arguments are bytes: a reader must not fail on them. */
static void set_text(struct json *entry, const char *name, const char *text)
{
	auto_strbuf struct strbuf valid = { 0 };

	for (const unsigned char *p = (const unsigned char *)text; *p;) {
		size_t size = character_size(p);

		if (size)
			strbuf_add(&valid, (const char *)p, size);
		else
			strbuf_puts(&valid, "\xef\xbf\xbd");
		p += size ? size : 1;
	}
	json_set_string(entry, name, valid.text ? valid.text : "");
}

/* One line to the log file, in its format. */
static void to_file(enum log_level level, const char *message, const char *hint)
{
	auto_strbuf struct strbuf line = { 0 };
	char now[TIMESTAMP_SIZE];

	timestamp_now(now);
	if (log_file.json) {
		struct json *entry = json_object();

		json_set_string(entry, "level", log_level_name(level));
		set_text(entry, "msg", message);
		json_set_string(entry, "time", now);
		if (*log_subject())
			json_set_string(entry, "id", log_subject());
		if (hint && *hint)
			set_text(entry, "hint", hint);
		json_print(entry, false, &line);
		json_free(entry);
		strbuf_puts(&line, "\n");
	} else {
		strbuf_printf(&line, "%s %s: ", now, log_level_name(level));
		log_add_clean(&line, message);
		strbuf_puts(&line, "\n");
	}
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
