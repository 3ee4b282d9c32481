/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel RDT and its kin: cache and memory bandwidth control by the resctrl
 * file system (Documentation/filesystems/resctrl.rst). A group ("CLOS") is a
 * directory below the mount; "" is the root, the default one.
 */
#ifndef NSTOOLS_KERN_RDT_H
#define NSTOOLS_KERN_RDT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/* Open the mount point (/sys/fs/resctrl), checked to be resctrl. NULL (not mounted): ERR_UNSUPPORTED. */
int kern_rdt_open(const char *mountpoint, struct err *err);

/* What goes into a group's `schemata`, in the order of the OCI spec; NULL parts are not there. */
struct kern_rdt_schemata {
	const char *l3_cache, *memory_bandwidth;
	const char *const *lines;
	size_t line_count;
};

/*
 * Open the group below root, made where it is missing unless must_exist.
 * *created (may be NULL) says whether we made it (kern_rdt_remove() is then the undo).
 * Returns its directory.
 */
int kern_rdt_group(int root, const char *group, bool must_exist, bool *created, struct err *err);

/* Write each line of the schemata. The kernel's own reason (info/last_cmd_status) becomes the hint. */
int kern_rdt_write(int root, int group, const struct kern_rdt_schemata *schemata, struct err *err);

/*
 * Whether the group's schemata say already what is asked for (lines compared
 * by resource, domain and value). A difference is an ERR_STATE that names it:
 * a group we did not make is not changed.
 */
int kern_rdt_compare(int group, const struct kern_rdt_schemata *schemata, struct err *err);

/* Make the group's mon_groups/NAME. */
int kern_rdt_monitor(int group, const char *name, struct err *err);

/* Move a process into the group, and into its mon_groups/monitor where not NULL. */
int kern_rdt_attach(int group, const char *monitor, pid_t pid, struct err *err);

/* Remove mon_groups/monitor (where not NULL), then the group itself where with_group. Absent is no error. */
int kern_rdt_remove(int root, const char *group, const char *monitor, bool with_group, struct err *err);

#endif
