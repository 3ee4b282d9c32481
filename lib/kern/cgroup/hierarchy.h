/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which cgroup hierarchies this process sees: one for each v1 mount (by its
 * controllers or name) and one for v2. cgroups(7), cgroup_namespaces(7).
 */
#ifndef NSTOOLS_KERN_CGROUP_HIERARCHY_H
#define NSTOOLS_KERN_CGROUP_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>

struct err;

#define KERN_CGROUP_HIERARCHIES_MAX 24 /* more than the kernel has v1 controllers */

struct kern_cgroup_hierarchy {
	const char *mountpoint;	 /* "/sys/fs/cgroup/memory", "/sys/fs/cgroup" */
	const char *controllers; /* commas at both ends: ",cpu,cpuacct,"; v2: those of the root; "," for none */
	const char *name;	 /* v1 named hierarchies: "systemd"; else NULL */
	const char *own;	 /* the caller's cgroup below the mount point; "/" where the mount was made
				  * outside our cgroup namespace and does not tell */
	bool v2;
};

struct kern_cgroup_hierarchies {
	struct kern_cgroup_hierarchy items[KERN_CGROUP_HIERARCHIES_MAX];
	size_t count;
	char *text; /* what the items point into */
};

/*
 * Find the hierarchies. No cgroup file system mounted is not an error: count
 * is 0. Where /sys/fs/cgroup is v2's own root only /proc/self/cgroup and
 * cgroup.controllers are read; else /proc/self/mountinfo too (it grows with
 * the host's mounts). kern_cgroup_hierarchies_free() when done.
 */
int kern_cgroup_hierarchies_list(struct kern_cgroup_hierarchies *list, struct err *err);
/* The same for another process: `own` is that one's cgroup, as seen from here. */
int kern_cgroup_hierarchies_of(int pid, struct kern_cgroup_hierarchies *list, struct err *err);
void kern_cgroup_hierarchies_free(struct kern_cgroup_hierarchies *list);

/* The hierarchy with that controller ("memory") or, written "name=systemd", of that name; NULL when there is none. */
const struct kern_cgroup_hierarchy *kern_cgroup_hierarchies_find(const struct kern_cgroup_hierarchies *list,
								 const char *controller);
/* Is the name one of a list like ",cpu,memory,"? */
bool kern_cgroup_has_controller(const char *controllers, const char *name);

#endif
