/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device rules: their checks, v1's files, and the BPF program that v2 wants. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/cgroup/devices.h"
#include "kern/cgroup/devices_internal.h"
#include "kern/cgroup/group.h"

#define ACCESS_ALL (BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE | BPF_DEVCG_ACC_MKNOD)

static int access_of(const struct kern_cgroup_device_rule *rule)
{
	return (rule->read ? BPF_DEVCG_ACC_READ : 0) | (rule->write ? BPF_DEVCG_ACC_WRITE : 0) |
	       (rule->mknod ? BPF_DEVCG_ACC_MKNOD : 0);
}

/* Every device and every access. */
static bool is_everything(const struct kern_cgroup_device_rule *rule)
{
	return rule->type == 'a' && rule->major < 0 && rule->minor < 0 && access_of(rule) == ACCESS_ALL;
}

static struct bpf_insn instruction(int code, int dst, int src, int offset, int immediate)
{
	return (struct bpf_insn){
		.code = (uint8_t)code,
		.dst_reg = (uint8_t)(dst & 0xf),
		.src_reg = (uint8_t)(src & 0xf),
		.off = (int16_t)offset,
		.imm = immediate,
	};
}

static size_t add_return(struct bpf_insn *program, int value)
{
	program[0] = instruction(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, value);
	program[1] = instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	return 2;
}

/* r2: type, r3: what is asked for and not yet decided, r4: major, r5: minor. */
static size_t add_prologue(struct bpf_insn *program)
{
	program[0] = instruction(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_2, BPF_REG_1,
				 offsetof(struct bpf_cgroup_dev_ctx, access_type), 0);
	program[1] = instruction(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_3, BPF_REG_2, 0, 0);
	program[2] = instruction(BPF_ALU64 | BPF_RSH | BPF_K, BPF_REG_3, 0, 0, 16);
	program[3] = instruction(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_2, 0, 0, 0xffff);
	program[4] = instruction(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_4, BPF_REG_1,
				 offsetof(struct bpf_cgroup_dev_ctx, major), 0);
	program[5] = instruction(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_5, BPF_REG_1,
				 offsetof(struct bpf_cgroup_dev_ctx, minor), 0);
	return 6;
}

/* "If the register is not this, on to the next rule": the distance is filled in by add_rule(). */
static size_t add_test(struct bpf_insn *program, int reg, int64_t value)
{
	program[0] = instruction(BPF_JMP32 | BPF_JNE | BPF_K, reg, 0, 0, (int)(uint32_t)value);
	return 1;
}

static size_t add_rule(struct bpf_insn *program, const struct kern_cgroup_device_rule *rule)
{
	size_t n = 0, tests;
	int access = access_of(rule);

	if (rule->type != 'a')
		n += add_test(program + n, BPF_REG_2, rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (rule->major >= 0)
		n += add_test(program + n, BPF_REG_4, rule->major);
	if (rule->minor >= 0)
		n += add_test(program + n, BPF_REG_5, rule->minor);
	tests = n;
	if (access != ACCESS_ALL && rule->allow) {
		/* What this rule allows is decided; the rest is up to earlier rules. */
		program[n++] = instruction(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_3, 0, 0, ACCESS_ALL & ~access);
		program[n++] = instruction(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_3, 0, 2, 0);
	} else if (access != ACCESS_ALL) {
		program[n++] = instruction(BPF_JMP | BPF_JSET | BPF_K, BPF_REG_3, 0, 1, access);
		program[n++] = instruction(BPF_JMP | BPF_JA, 0, 0, 2, 0);
	}
	n += add_return(program + n, rule->allow);
	for (size_t i = 0; i < tests; i++)
		program[i].off = (int16_t)(n - i - 1);
	return n;
}

size_t kern_cgroup_devices_program_size(size_t count)
{
	return 6 + 7 * count + 2;
}

size_t kern_cgroup_devices_program(const struct kern_cgroup_device_rule *rules, size_t count,
				   struct bpf_insn *program)
{
	size_t n = add_prologue(program);

	/* From the last rule to the first: the first that matches here is the last that matches there. */
	while (count-- > 0) {
		if (is_everything(&rules[count]))
			return n + add_return(program + n, rules[count].allow);
		if (access_of(&rules[count]) != 0)
			n += add_rule(program + n, &rules[count]);
	}
	return n + add_return(program + n, 1);
}

static const char *number_text(int64_t number, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRId64, number);
	return number < 0 ? "*" : buf;
}

static const char *rule_text(const struct kern_cgroup_device_rule *rule, char type, char *buf, size_t size)
{
	char major[24], minor[24];

	snprintf(buf, size, "%c %s:%s %s%s%s", type, number_text(rule->major, major, sizeof(major)),
		 number_text(rule->minor, minor, sizeof(minor)), rule->read ? "r" : "",
		 rule->write ? "w" : "", rule->mknod ? "m" : "");
	return buf;
}

static int check_rule(const struct kern_cgroup_device_rule *rule, struct err *err)
{
	char text[64];

	if (strchr("abc", rule->type) && rule->type && rule->major >= -1 && rule->major <= UINT32_MAX &&
	    rule->minor >= -1 && rule->minor <= UINT32_MAX)
		return 0;
	err_set(err, ERR_SPEC, "device rule", "the type is a, b or c, and numbers are -1 (any) or 0 to 4294967295");
	return err_object(err, "\"%s\"", rule_text(rule, rule->type ? rule->type : '?', text, sizeof(text)));
}

static int write_error(const struct kern_cgroup *group, const char *text, bool allow, struct err *err)
{
	err_system(err, "write", "\"%s\" to %s%s/devices.%s", text, group->mountpoint, group->path,
		   allow ? "allow" : "deny");
	if (err->errnum == EPERM && allow)
		return err_hint(err, "the group above does not allow it, or CAP_SYS_ADMIN is missing");
	if (err->errnum == EINVAL)
		return err_hint(err, "rules for all devices cannot be changed while the group has groups below it");
	return -1;
}

/* The files stay open over the rules: one write a rule. */
struct v1_files {
	const struct kern_cgroup *group;
	int allow, deny;
};

static int write_rule(struct v1_files *files, const struct kern_cgroup_device_rule *rule, char type,
		      struct err *err)
{
	int *fd = rule->allow ? &files->allow : &files->deny;
	char text[64];

	rule_text(rule, type, text, sizeof(text));
	if (*fd < 0)
		*fd = openat(files->group->fd, rule->allow ? "devices.allow" : "devices.deny",
			     O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0 || file_write_fd(*fd, text, strlen(text)) != 0)
		return write_error(files->group, text, rule->allow, err);
	return 0;
}

/* What stands before the last rule for everything says nothing. */
static size_t first_that_counts(const struct kern_cgroup_device_rule *rules, size_t count)
{
	size_t first = count;

	while (first > 0 && !is_everything(&rules[first - 1]))
		first--;
	return first > 0 ? first - 1 : 0;
}

/* To the kernel "a" is everything, whatever numbers and access stand behind it: say it as b and c. */
static int write_rules(struct v1_files *files, const struct kern_cgroup_device_rule *rules, size_t count,
		       struct err *err)
{
	for (size_t i = first_that_counts(rules, count); i < count; i++) {
		const struct kern_cgroup_device_rule *rule = &rules[i];
		int result;

		if (access_of(rule) == 0)
			continue;
		if (rule->type != 'a' || is_everything(rule))
			result = write_rule(files, rule, rule->type, err);
		else
			result = write_rule(files, rule, 'c', err) == 0 ? write_rule(files, rule, 'b', err) : -1;
		if (result != 0)
			return -1;
	}
	return 0;
}

int kern_cgroup_devices_set(const struct kern_cgroup *group, const struct kern_cgroup_device_rule *rules,
			    size_t count, struct err *err)
{
	struct v1_files files = { .group = group, .allow = -1, .deny = -1 };
	int result;

	for (size_t i = 0; i < count; i++)
		if (check_rule(&rules[i], err) != 0)
			return -1;
	if (group->v2)
		return cgroup_devices_attach(group, rules, count, err);
	result = write_rules(&files, rules, count, err);
	close_keep_errno(files.allow);
	close_keep_errno(files.deny);
	return result;
}
