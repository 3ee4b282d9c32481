/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsnet's commands, one a file; commands.c is their table, in the order of --help. */
#ifndef NSTOOLS_NSNET_COMMANDS_H
#define NSTOOLS_NSNET_COMMANDS_H

struct command;

extern const struct command nsnet_show;
extern const struct command nsnet_add;
extern const struct command nsnet_del;
extern const struct command nsnet_move;
extern const struct command nsnet_return;
extern const struct command nsnet_route;
extern const struct command nsnet_bridge;
extern const struct command nsnet_publish;
extern const struct command nsnet_firewall;
extern const struct command nsnet_limit;
extern const struct command nsnet_apply;
extern const struct command nsnet_hook;
extern const struct command nsnet_user;
extern const struct command *const nsnet_commands[]; /* NULL at the end */

#endif
