/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of a start, kept open. Behind kern/cgroup/group.h. */
#ifndef NSTOOLS_KERN_CGROUP_GROUP_SET_H
#define NSTOOLS_KERN_CGROUP_GROUP_SET_H

/* Groups kept open through a start: each is opened once, the hot path's one look-up a hierarchy. */
#define KERN_CGROUP_SET_MAX 32
struct kern_cgroup_set {
	struct kern_cgroup items[KERN_CGROUP_SET_MAX];
	size_t count;
	bool umask_known; /* the caller's umask leaves 0755 alone: not to be asked again */
};
/* The open group of that place: from the set, or opened now. NULL with err. The strings must outlive the set. */
struct kern_cgroup *kern_cgroup_set_get(struct kern_cgroup_set *set, const char *mountpoint, const char *path,
					struct err *err);
/* Which group: what the caller knows of its hierarchy spares looking. */
struct kern_cgroup_place {
	const char *mountpoint, *path, *controllers;
	bool v2;
};
/*
 * As above with kern_cgroup_create(); a v1 group that it made need not be open yet, kern_cgroup_set_get()
 * opens it. The umask must not change between calls.
 */
struct kern_cgroup *kern_cgroup_set_create(struct kern_cgroup_set *set, const struct kern_cgroup_place *place,
					   struct err *err);
/* kern_cgroup_attach(); a group that was not needed for anything else is not opened for it. */
int kern_cgroup_set_attach(struct kern_cgroup_set *set, const char *mountpoint, const char *path, pid_t pid,
			   struct err *err);
void kern_cgroup_set_close(struct kern_cgroup_set *set);

#endif
