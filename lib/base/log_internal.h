/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between log.c and log_file.c. Include base/log.h before it. */
#ifndef NSTOOLS_BASE_LOG_INTERNAL_H
#define NSTOOLS_BASE_LOG_INTERNAL_H

struct err;
struct strbuf;

/* Where messages go beside standard error, or instead. err: whose text the message is, or NULL. */
typedef void log_sink(enum log_level level, const char *message, const struct err *err);

void log_set_sink(log_sink *sink);
const char *log_level_name(enum log_level level);
const char *log_subject(void);
/* As one line, without what a terminal would obey. */
void log_add_clean(struct strbuf *line, const char *text);

#endif
