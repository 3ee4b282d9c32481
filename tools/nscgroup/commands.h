/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_NSCGROUP_COMMANDS_H
#define NSTOOLS_NSCGROUP_COMMANDS_H

struct command;

/* One file a command. */
extern const struct command nscgroup_list;
extern const struct command nscgroup_show;
extern const struct command nscgroup_get;
extern const struct command nscgroup_set;
extern const struct command nscgroup_create;
extern const struct command nscgroup_delete;
extern const struct command nscgroup_run;
extern const struct command nscgroup_attach;
extern const struct command nscgroup_freeze;
extern const struct command nscgroup_thaw; /* freeze.c */
extern const struct command nscgroup_kill;
extern const struct command nscgroup_stat;
extern const struct command nscgroup_top;
extern const struct command nscgroup_events;
extern const struct command nscgroup_wait;
extern const struct command nscgroup_devices;
extern const struct command nscgroup_keys;

/* All of them, in the order of --help; NULL at the end. */
extern const struct command *const nscgroup_commands[];

#endif
