/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices a group may use: v1's devices controller, or a program on v2. */
#ifndef NSTOOLS_RUN_CGROUP_DEVICES_H
#define NSTOOLS_RUN_CGROUP_DEVICES_H

struct err;
struct kern_cgroup_device_list;
struct kern_cgroup_device_rule;
struct run_cgroup;

/* free() list->rules. */
int run_cgroup_devices_list(struct run_cgroup *cgroup, struct kern_cgroup_device_list *list, struct err *err);
/*
 * Add a rule behind those in force, which it overrides where it matches. v2: the program is replaced in
 * one step; rules that the new one makes void are left out.
 */
int run_cgroup_devices_add(struct run_cgroup *cgroup, const struct kern_cgroup_device_rule *rule,
			   struct err *err);

#endif
