/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs say while they work: to standard error, or to --log FILE
 * as text or as the JSON lines that engines read ({"level","msg","time"}).
 * Results go to standard output by tools/, never through here.
 */
#ifndef NSTOOLS_BASE_LOG_H
#define NSTOOLS_BASE_LOG_H

#include <stdbool.h>

struct err;

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Program name (argv[0]'s last part) and the level shown; the default level is warning. */
void log_init(const char *program, enum log_level level);
/* -1 with err when the file cannot be opened. */
int log_open(const char *path, bool json, struct err *err);
/* Of --log, for who closes descriptors wholesale; or -1. */
int log_descriptor(void);
void log_set_level(enum log_level level);
int log_level_parse(const char *name, enum log_level *level);
/* What stands before the message: usually the container's id. NULL for nothing. */
void log_set_subject(const char *subject);

void log_error(const struct err *err); /* the error line and its hint */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A report that was asked for, as it is: many lines, each with its end. */
void log_text(const char *text);
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
