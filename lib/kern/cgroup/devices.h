/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices a group's processes may open and make. v1: devices.allow and
 * devices.deny. v2: a BPF program of type BPF_PROG_TYPE_CGROUP_DEVICE.
 *
 * Rules stand in order; for each of read, write and mknod the last rule that
 * matches decides. What no rule matches is allowed (as far as the groups
 * above allow it): begin with a rule that denies all. cgroup-v1/devices.rst.
 */
#ifndef NSTOOLS_KERN_CGROUP_DEVICES_H
#define NSTOOLS_KERN_CGROUP_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_insn;
struct err;
struct kern_cgroup;

struct kern_cgroup_device_rule {
	bool allow;
	char type;	      /* 'a', 'c', 'b' */
	int64_t major, minor; /* -1: any */
	bool read, write, mknod;
};

/*
 * Put the rules into force. v2: our earlier program (known by its name) is
 * replaced in one step, others stay; v1: written in order.
 */
int kern_cgroup_devices_set(const struct kern_cgroup *group, const struct kern_cgroup_device_rule *rules,
			    size_t count, struct err *err);

/* The rules in force, in their order; those of groups above are not among them. */
struct kern_cgroup_device_list {
	struct kern_cgroup_device_rule *rules; /* free() */
	size_t count;			       /* none: everything is allowed */
	size_t others; /* v2: programs of others on this group, which also must allow an access */
};
/*
 * v2: what kern_cgroup_devices_set() was given. v1: devices.list, which tells
 * what is allowed beside nothing else, but no exceptions from "everything".
 */
int kern_cgroup_devices_list(const struct kern_cgroup *group, struct kern_cgroup_device_list *list,
			     struct err *err);

/* The most instructions that `count` rules need. */
size_t kern_cgroup_devices_program_size(size_t count);
/* Build the program into the caller's buffer of that size; returns the number of instructions. Pure. */
size_t kern_cgroup_devices_program(const struct kern_cgroup_device_rule *rules, size_t count,
				   struct bpf_insn *program);

#endif
