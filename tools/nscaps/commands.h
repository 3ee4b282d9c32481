/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nscaps' commands, one a file; commands.c is their table, in the order of --help. */
#ifndef NSTOOLS_NSCAPS_COMMANDS_H
#define NSTOOLS_NSCAPS_COMMANDS_H

struct command;

extern const struct command nscaps_show;
extern const struct command nscaps_list;
extern const struct command nscaps_decode;
extern const struct command nscaps_encode;
extern const struct command nscaps_run;
extern const struct command nscaps_file;
extern const struct command nscaps_ps;
extern const struct command nscaps_test;
extern const struct command nscaps_diff;
extern const struct command nscaps_trace;
extern const struct command nscaps_spec;
extern const struct command *const nscaps_commands[]; /* NULL at the end */

#endif
