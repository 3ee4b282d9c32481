/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_KERN_CGROUP_TREE_H
#define NSTOOLS_KERN_CGROUP_TREE_H

struct err;
struct kern_cgroup;

/*
 * Visit the group and all groups below it, parents first. `below` is open
 * during the call only; its path counts from the group ("" for itself, "/a").
 * visit() ends the walk by returning other than 0, which is handed on; -1
 * with err. Groups that vanish are passed over.
 */
int kern_cgroup_tree(const struct kern_cgroup *group, int (*visit)(const struct kern_cgroup *below, void *data),
		     void *data, struct err *err);

#endif
