/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by devices.c and devices_bpf.c alone. */
#ifndef NSTOOLS_KERN_CGROUP_DEVICES_INTERNAL_H
#define NSTOOLS_KERN_CGROUP_DEVICES_INTERNAL_H

#include <stddef.h>

struct err;
struct kern_cgroup;
struct kern_cgroup_device_rule;

/* v2: load the program for the rules and attach it in place of an earlier one of ours. */
int cgroup_devices_attach(const struct kern_cgroup *group, const struct kern_cgroup_device_rule *rules,
			  size_t count, struct err *err);

#endif
