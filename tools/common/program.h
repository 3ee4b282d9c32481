/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main() of a program with commands: the options before the command, and the command. */
#ifndef NSTOOLS_COMMON_PROGRAM_H
#define NSTOOLS_COMMON_PROGRAM_H

struct option_table;
struct program;

/*
 * --version, and --list-options for completion and checks: the last of a
 * program's tables.
 */
extern const struct option_table program_options;

/*
 * Read the options before the command into globals (which all tables of the
 * program but program_options count from), find the command, call
 * program->begin and run it. The exit status; an error has been logged.
 * log_init() has been called.
 */
int program_main(const struct program *program, void *globals, int argc, char **argv);

#endif
