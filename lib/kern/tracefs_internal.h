/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between tracefs.c and tracefs_event.c. */
#ifndef NSTOOLS_KERN_TRACEFS_INTERNAL_H
#define NSTOOLS_KERN_TRACEFS_INTERNAL_H

#include <stdbool.h>

struct err;
struct kern_tracefs;

/* Open a file below the fd of tracefs or of an instance and write to it. 0, or -1 with errno. */
int tracefs_write(int dir, const char *path, const char *value);

/* Find the event and define the kprobes where need be. */
int tracefs_event_define(struct kern_tracefs *trace, struct err *err);
int tracefs_event_enable(const struct kern_tracefs *trace, bool on, struct err *err);
/* Take the kprobes of an instance away: 0, also where there are none, or -1 with errno. */
int tracefs_event_remove(int root, unsigned number);
/* And those of instances that are no longer. */
void tracefs_event_sweep(int root, int instances);

#endif
