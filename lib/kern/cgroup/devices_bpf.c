/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * v2 device programs through bpf(2). All programs of a group and of those
 * above it must allow an access. Ours is known by its name, so that it can
 * be replaced while others' (systemd's) stay.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/cgroup/devices.h"
#include "kern/cgroup/devices_internal.h"
#include "kern/cgroup/group.h"

#define PROGRAM_NAME "nstools_devices" /* 15 characters, the most there is room for */
#define PROGRAMS_MAX 64		       /* the kernel's BPF_CGROUP_MAX_PROGS */

int devices_bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int load_once(const struct bpf_insn *program, size_t count, char *log, size_t log_size)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = devices_address(program);
	attr.insn_cnt = (uint32_t)count;
	attr.license = devices_address("GPL");
	memcpy(attr.prog_name, PROGRAM_NAME, sizeof(PROGRAM_NAME));
	if (log) {
		attr.log_buf = devices_address(log);
		attr.log_size = (uint32_t)log_size;
		attr.log_level = 1;
	}
	return devices_bpf(BPF_PROG_LOAD, &attr);
}

/* Before 5.11 programs count as locked memory: EPERM then means that limit. The container inherits it: put back. */
static int load_with_memlock(const struct bpf_insn *program, size_t count)
{
	struct rlimit old, raised;
	int fd;

	if (getrlimit(RLIMIT_MEMLOCK, &old) != 0)
		return -1;
	raised = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	if (setrlimit(RLIMIT_MEMLOCK, &raised) != 0) {
		raised = (struct rlimit){ old.rlim_max, old.rlim_max };
		setrlimit(RLIMIT_MEMLOCK, &raised);
	}
	fd = load_once(program, count, NULL, 0);
	if (fd < 0) {
		int saved = errno;

		setrlimit(RLIMIT_MEMLOCK, &old);
		errno = saved;
		return -1;
	}
	setrlimit(RLIMIT_MEMLOCK, &old);
	return fd;
}

static int load_error(const struct kern_cgroup *group, const struct bpf_insn *program, size_t count,
		      struct err *err)
{
	char log[8192] = "";
	size_t len;

	err_system(err, "bpf(BPF_PROG_LOAD)", "the device rules of %s%s", group->mountpoint, group->path);
	if (err->errnum == EPERM)
		return err_hint(err, "device rules on cgroup v2 need CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN, in "
				     "the initial user namespace");
	if (err->errnum == EINVAL || err->errnum == ENOSYS)
		err_hint(err, "does this kernel have CONFIG_CGROUP_BPF?");
	load_once(program, count, log, sizeof(log));
	/* The verifier's verdict is at the end. */
	len = strlen(log);
	if (len > 0)
		err_hint(err, "%s", log + (len > sizeof(err->hint) ? len - sizeof(err->hint) + 1 : 0));
	return -1;
}

static int load(const struct kern_cgroup *group, const struct kern_cgroup_device_rule *rules, size_t count,
		struct err *err)
{
	auto_free struct bpf_insn *program =
		memory_zalloc(kern_cgroup_devices_program_size(count), sizeof(*program));
	size_t length = kern_cgroup_devices_program(rules, count, program);
	int fd = load_once(program, length, NULL, 0);

	if (fd < 0 && errno == EPERM)
		fd = load_with_memlock(program, length);
	if (fd < 0)
		return load_error(group, program, length, err);
	devices_rules_bind(fd, rules, count);
	return fd;
}

static int open_program(uint32_t id)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return devices_bpf(BPF_PROG_GET_FD_BY_ID, &attr);
}

static bool is_ours(int fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = devices_address(&info);
	return devices_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 && !strcmp(info.name, PROGRAM_NAME);
}

/* Our earlier programs on this very group: their fds, at most `size`; returns how many. *others: programs not ours. */
static size_t find_ours(const struct kern_cgroup *group, int *fds, size_t size, size_t *others)
{
	uint32_t ids[PROGRAMS_MAX];
	union bpf_attr attr;
	size_t count = 0;

	*others = 0;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)group->fd;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = devices_address(ids);
	attr.query.prog_cnt = PROGRAMS_MAX;
	if (devices_bpf(BPF_PROG_QUERY, &attr) != 0)
		return 0;
	for (uint32_t i = 0; i < attr.query.prog_cnt && i < PROGRAMS_MAX && count < size; i++) {
		int fd = open_program(ids[i]);

		if (fd >= 0 && is_ours(fd)) {
			fds[count++] = fd;
		} else {
			++*others;
			close_keep_errno(fd);
		}
	}
	return count;
}

/* With `old` (-1: none) replaced in the same step: no moment without rules. */
static int attach(const struct kern_cgroup *group, int program, int old)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)group->fd;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (old >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)old;
	}
	return devices_bpf(BPF_PROG_ATTACH, &attr);
}

static void detach(const struct kern_cgroup *group, int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)group->fd;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	devices_bpf(BPF_PROG_DETACH, &attr);
}

static int attach_error(const struct kern_cgroup *group, struct err *err)
{
	err_system(err, "bpf(BPF_PROG_ATTACH)", "the device rules of %s%s", group->mountpoint, group->path);
	if (err->errnum == EPERM)
		return err_hint(err, "a device program that takes no others beside or below it is attached to this "
				     "group or one above it");
	return -1;
}

int cgroup_devices_attach(const struct kern_cgroup *group, const struct kern_cgroup_device_rule *rules,
			  size_t count, struct err *err)
{
	auto_close int program = load(group, rules, count, err);
	int ours[PROGRAMS_MAX];
	size_t old, others;
	int result;

	if (program < 0)
		return -1;
	old = group->fresh ? 0 : find_ours(group, ours, ARRAY_SIZE(ours), &others);
	result = attach(group, program, old > 0 ? ours[0] : -1);
	if (result != 0)
		attach_error(group, err);
	for (size_t i = 0; i < old; i++) {
		if (i > 0 && result == 0)
			detach(group, ours[i]);
		close_keep_errno(ours[i]);
	}
	return result;
}

int cgroup_devices_attached(const struct kern_cgroup *group, struct kern_cgroup_device_list *list, struct err *err)
{
	int ours[PROGRAMS_MAX], result = 0;
	size_t count = find_ours(group, ours, ARRAY_SIZE(ours), &list->others);

	if (count > 0)
		result = devices_rules_read(ours[0], list);
	for (size_t i = 0; i < count; i++)
		close_keep_errno(ours[i]);
	if (result == 0)
		return 0;
	err_system(err, "read the device rules of", "%s%s", group->mountpoint, group->path);
	if (err->errnum == ENOENT)
		return err_hint(err, "who attached the program kept no list of its rules; a rule for all devices "
				     "replaces it");
	return -1;
}
