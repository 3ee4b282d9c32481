/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts of this kernel and this caller that a plan depends on. run/probe.c
 * finds them out; golden tests read them from a NAME.host file. The planner
 * makes no system call: what is not here it cannot know.
 */
#ifndef NSTOOLS_PLAN_HOST_H
#define NSTOOLS_PLAN_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

/* One mounted cgroup hierarchy. */
struct host_hierarchy {
	const char *mountpoint;	 /* "/sys/fs/cgroup/memory", "/sys/fs/cgroup" */
	/* v1: ",memory,"; v2: those in the root's cgroup.controllers, ",cpu,memory,"; commas at both ends */
	const char *controllers;
	const char *name;	 /* v1 named hierarchies: "systemd"; else NULL */
	const char *own;	 /* the caller's cgroup in it, "/" first */
	bool v2;
};

struct host {
	unsigned kernel_major, kernel_minor;
	uint32_t uid, gid;    /* effective ids of the caller */
	bool privileged;      /* CAP_SYS_ADMIN over the mount and user namespace we stand in */
	bool in_user_ns;      /* our user namespace is not the initial one (its uid_map is not the whole range) */
	bool setgroups_denied; /* in our user namespace, and so in all below it */
	bool cap_sys_resource, cap_mknod;
	uint64_t bounding;    /* our bounding set */
	unsigned cap_last_cap;
	uint64_t ignored_signals; /* by the caller, and so by what we start: bit n - 1 is signal n; all: unknown */
	struct host_hierarchy *hierarchies;
	size_t hierarchy_count;
	bool has_seccomp, has_apparmor, has_selinux;
	unsigned landlock_abi; /* 0: none */
	bool has_time_ns, has_cgroup_ns, has_idmapped_mounts, has_mount_setattr;
	bool lacks_detached_mounts; /* no open_tree(2): what is to be mounted is opened by the child */
	bool has_resctrl;
	const char *resctrl; /* where it is mounted, or NULL */
};

#endif
