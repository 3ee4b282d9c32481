/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsinit's commands, one a file; commands.c is their table, in the order of --help. */
#ifndef NSTOOLS_NSINIT_COMMANDS_H
#define NSTOOLS_NSINIT_COMMANDS_H

struct command;

extern const struct command nsinit_run;
extern const struct command nsinit_create;
extern const struct command nsinit_start;
extern const struct command nsinit_exec;
extern const struct command nsinit_state;
extern const struct command nsinit_list;
extern const struct command nsinit_ps;
extern const struct command nsinit_kill;
extern const struct command nsinit_stop;
extern const struct command nsinit_delete;
extern const struct command nsinit_pause;
extern const struct command nsinit_resume;
extern const struct command nsinit_update;
extern const struct command nsinit_events;
extern const struct command nsinit_stats;
extern const struct command nsinit_wait;
extern const struct command nsinit_spec;
extern const struct command nsinit_check;
extern const struct command nsinit_features;
extern const struct command nsinit_checkpoint;
extern const struct command nsinit_restore;
extern const struct command *const nsinit_commands[]; /* NULL at the end */

#endif
