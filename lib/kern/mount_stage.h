/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts where detached ones are refused: mount_stage.c says how. */
#ifndef NSTOOLS_KERN_MOUNT_STAGE_H
#define NSTOOLS_KERN_MOUNT_STAGE_H

#include <stdbool.h>

/* Whether this kernel, and a seccomp filter above us, has open_tree(2): else no tree is opened here and
 * attached there. */
bool kern_mount_has_detached(void);

/*
 * From here on the other functions of mount.h may use the stage: only in a
 * mount namespace of the container's own, whose "/" no other one hears from.
 * end: no longer; returns whether the stage lies over "/" now.
 */
void kern_mount_stage_allow(void);
bool kern_mount_stage_end(void);

#endif
