/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cgroup.c and cgroup_open.c: opening a group step by step. */
#ifndef NSTOOLS_RUN_CGROUP_INTERNAL_H
#define NSTOOLS_RUN_CGROUP_INTERNAL_H

struct err;
struct run_cgroup;

/* The hierarchies, and a place in each that names nothing yet. */
int cgroup_begin(struct run_cgroup *cgroup, const char *name, struct err *err);
void cgroup_name_path(struct run_cgroup *cgroup, const char *path);
void cgroup_name_own(struct run_cgroup *cgroup);
/* Those that are there are opened; ERR_NOT_FOUND where none is. */
int cgroup_open_places(struct run_cgroup *cgroup, struct err *err);

#endif
