/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes as a table: from /proc, or by ps(1). */
#ifndef NSTOOLS_NSINIT_PS_TABLE_H
#define NSTOOLS_NSINIT_PS_TABLE_H

struct err;
struct run_process_list;

/* To standard output; those that have ended meanwhile are left out. */
void ps_table_print(const struct run_process_list *list);

/* Run ps(1) with these arguments (NULL at the end); of its output the title and the lines of these processes.
 */
int ps_table_run(const struct run_process_list *list, const char *const *arguments, struct err *err);

#endif
