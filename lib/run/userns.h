/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_RUN_USERNS_H
#define NSTOOLS_RUN_USERNS_H

#include <stdbool.h>
#include <sys/types.h>

struct err;
struct spec_idmaps;
struct step_idmap;

/* Write the id maps of a process that waits in its new user namespace (user_namespaces(7)). procfs: kern/procfs.h. */
int userns_write_maps(int procfs, pid_t pid, const struct step_idmap *maps, struct err *err);

/* A user namespace of its own with these maps, for idmapped mounts; no process stays in it. Returns its fd. */
int userns_open(int procfs, const struct spec_idmaps *uid, const struct spec_idmaps *gid, struct err *err);

#endif
