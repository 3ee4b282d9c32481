/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by devices*.c alone. */
#ifndef NSTOOLS_KERN_CGROUP_DEVICES_INTERNAL_H
#define NSTOOLS_KERN_CGROUP_DEVICES_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

union bpf_attr;

struct err;
struct kern_cgroup;
struct kern_cgroup_device_list;
struct kern_cgroup_device_rule;

/* v2: load the program for the rules and attach it in place of an earlier one of ours. */
int cgroup_devices_attach(const struct kern_cgroup *group, const struct kern_cgroup_device_rule *rules,
			  size_t count, struct err *err);

/* v2: the rules of our program, as it was attached. None: no rules. */
int cgroup_devices_attached(const struct kern_cgroup *group, struct kern_cgroup_device_list *list, struct err *err);

/*
 * The rules in a map that lives as long as the program (BPF_PROG_BIND_MAP,
 * kernel 5.10), so that they can be listed. Where that fails they cannot.
 */
void devices_rules_bind(int program, const struct kern_cgroup_device_rule *rules, size_t count);
/* 0, or -1 with errno: ENOENT, the program has none. */
int devices_rules_read(int program, struct kern_cgroup_device_list *list);

/* bpf(2) */
int devices_bpf(int command, union bpf_attr *attr);
static inline uint64_t devices_address(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

#endif
