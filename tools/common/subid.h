/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ids that the caller may map into a user namespace: its own, and those of subuid(5) and subgid(5). */
#ifndef NSTOOLS_COMMON_SUBID_H
#define NSTOOLS_COMMON_SUBID_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct spec_idmaps;

/* The caller is root in the container (0), its subordinate ids follow from 1 on, where it has any. */
int subid_map_caller(struct arena *arena, struct spec_idmaps *uid, struct spec_idmaps *gid, struct err *err);

/* The subordinate ids alone, from 0 on: who has none gets an error that says how to. */
int subid_map_subordinate(struct arena *arena, struct spec_idmaps *uid, struct spec_idmaps *gid,
			  struct err *err);

/*
 * The place in the maps of the first one that newuidmap(1) (newgidmap for groups) would refuse the caller;
 * the maps' count where there is none.
 */
int subid_find_refused(const struct spec_idmaps *maps, bool groups, size_t *place, struct err *err);

#endif
