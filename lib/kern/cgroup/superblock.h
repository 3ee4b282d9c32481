/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of the unified hierarchy (nsdelegate, memory_recursiveprot, ...)
 * are the whole machine's: who mounts it again without them takes them away
 * from all (cgroup-v2.rst, "Mounting"), as CRIU 3.17 does.
 */
#ifndef NSTOOLS_KERN_CGROUP_SUPERBLOCK_H
#define NSTOOLS_KERN_CGROUP_SUPERBLOCK_H

struct kern_cgroup_superblock {
	char *mountpoint, *options; /* owned; NULL: there is no such hierarchy */
};

/* Where it is mounted, and with what. What cannot be read is none. */
void kern_cgroup_superblock_read(struct kern_cgroup_superblock *superblock);
/* Give them back where they have changed. No effect in a cgroup namespace, whose mounts change nothing either. */
void kern_cgroup_superblock_keep(const struct kern_cgroup_superblock *superblock);
void kern_cgroup_superblock_free(struct kern_cgroup_superblock *superblock);

#endif
