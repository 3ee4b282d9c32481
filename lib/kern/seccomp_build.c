/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "kern/seccomp.h"
#include "kern/seccomp_internal.h"

#if HAVE_SECCOMP
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#define NUMBERS_MAX                                                                                          \
	2047 /* far above the last system call of any machine but MIPS, where nothing is added               \
	      */
#define X32_BIT 0x40000000U /* __X32_SYSCALL_BIT */

/* A profile on its way into libseccomp's context. */
struct build {
	const struct kern_seccomp_library *library;
	const struct kern_seccomp *profile;
	void *context;
};

static void release(const struct build *build)
{
	if (build->context)
		build->library->release(build->context);
}

static int native_action(enum kern_seccomp_action action, bool has_errno, uint32_t errno_ret,
			 uint32_t *native, struct err *err)
{
	uint32_t value = has_errno ? errno_ret : EPERM;

	switch (action) {
	case KERN_SECCOMP_KILL_THREAD:
		*native = SCMP_ACT_KILL_THREAD;
		break;
	case KERN_SECCOMP_KILL_PROCESS:
		*native = SCMP_ACT_KILL_PROCESS;
		break;
	case KERN_SECCOMP_TRAP:
		*native = SCMP_ACT_TRAP;
		break;
	case KERN_SECCOMP_ERRNO:
		*native = SCMP_ACT_ERRNO(value);
		break;
	case KERN_SECCOMP_TRACE:
		*native = SCMP_ACT_TRACE(value);
		break;
	case KERN_SECCOMP_ALLOW:
		*native = SCMP_ACT_ALLOW;
		break;
	case KERN_SECCOMP_LOG:
		*native = SCMP_ACT_LOG;
		break;
	case KERN_SECCOMP_NOTIFY:
		*native = SCMP_ACT_NOTIFY;
		break;
	default:
		return err_set(err, ERR_SPEC, "seccomp", "there is no action number %d", (int)action);
	}
	if ((action == KERN_SECCOMP_ERRNO && value > 4094) || value > 0xffff)
		return err_set(err, ERR_SPEC, "seccomp", "expected an errno up to 4094, found %u", value);
	return 0;
}

/* A failure of the library: its functions return -errno. */
static int library_error(struct err *err, int result, const char *op, const char *object)
{
	errno = -result;
	return err_system(err, op, "%s", object);
}

static int add_arches(const struct build *build, struct err *err)
{
	size_t i;

	for (i = 0; i < build->profile->arch_count; i++) {
		const char *name = build->profile->arches[i];
		char lower[32] = "";
		uint32_t arch;
		size_t at;
		int result;

		/* "SCMP_ARCH_X86_64" is "x86_64" to the library. */
		name += strncmp(name, "SCMP_ARCH_", 10) == 0 ? 10 : 0;
		for (at = 0; name[at] && at < sizeof(lower) - 1; at++)
			lower[at] = (char)tolower((unsigned char)name[at]);
		arch = build->library->arch_resolve_name(lower);
		if (!arch)
			return err_set(err, ERR_UNSUPPORTED, "seccomp",
				       "this libseccomp does not know the architecture %s",
				       build->profile->arches[i]);
		result = build->library->arch_add(build->context, arch);
		if (result < 0 && result != -EEXIST)
			return library_error(err, result, "seccomp_arch_add", build->profile->arches[i]);
	}
	return 0;
}

/* Whether an argument is compared more than once. */
static bool has_repeated_index(const struct kern_seccomp_rule *rule)
{
	unsigned seen = 0;
	size_t i;

	for (i = 0; i < rule->arg_count; i++) {
		if (seen & 1U << rule->args[i].index)
			return true;
		seen |= 1U << rule->args[i].index;
	}
	return false;
}

struct call {
	const char *name;
	int number;
};

static int add_rule(const struct build *build, uint32_t action, const struct call *call,
		    const struct kern_seccomp_rule *rule, struct err *err)
{
	static const enum scmp_compare ops[] = {
		[KERN_SECCOMP_NE] = SCMP_CMP_NE,
		[KERN_SECCOMP_LT] = SCMP_CMP_LT,
		[KERN_SECCOMP_LE] = SCMP_CMP_LE,
		[KERN_SECCOMP_EQ] = SCMP_CMP_EQ,
		[KERN_SECCOMP_GE] = SCMP_CMP_GE,
		[KERN_SECCOMP_GT] = SCMP_CMP_GT,
		[KERN_SECCOMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};
	struct scmp_arg_cmp args[6];
	bool apart = has_repeated_index(rule); /* then any one of them is enough: a rule each */
	size_t step = apart ? 1 : rule->arg_count;
	size_t done = 0;

	do {
		size_t i;
		int result;

		for (i = 0; i < step; i++) {
			const struct kern_seccomp_arg *arg = &rule->args[done + i];

			args[i] =
				(struct scmp_arg_cmp){ arg->index, ops[arg->op], arg->value, arg->value_two };
		}
		result = build->library->rule_add_array(build->context, action, call->number, (unsigned)step,
							args);
		/* EEXIST: the same rule twice, as merged profiles have it. */
		if (result < 0 && result != -EEXIST)
			return library_error(err, result, "seccomp_rule_add", call->name);
		done += step;
	} while (done < rule->arg_count);
	return 0;
}

static int check_args(const struct kern_seccomp_rule *rule, struct err *err)
{
	size_t i;

	for (i = 0; i < rule->arg_count; i++)
		if (rule->args[i].index > 5 || rule->args[i].op > KERN_SECCOMP_MASKED_EQ)
			return err_set(err, ERR_SPEC, "seccomp",
				       "a comparison with argument %u by operator %d", rule->args[i].index,
				       (int)rule->args[i].op);
	return 0;
}

static int add_rules(const struct build *build, uint32_t default_action, struct err *err)
{
	const struct kern_seccomp *profile = build->profile;
	uint32_t action;
	size_t i;
	size_t n;

	for (i = 0; i < profile->rule_count; i++) {
		const struct kern_seccomp_rule *rule = &profile->rules[i];

		if (native_action(rule->action, rule->has_errno, rule->errno_ret, &action, err) < 0 ||
		    check_args(rule, err) < 0)
			return -1;
		/* The library refuses what the default does anyway. */
		if (action == default_action)
			continue;
		for (n = 0; n < rule->name_count; n++) {
			struct call call = { rule->names[n],
					     build->library->syscall_resolve_name(rule->names[n]) };

			if (call.number == __NR_SCMP_ERROR) {
				log_debug("seccomp: libseccomp does not know the system call %s", call.name);
				continue;
			}
			if (add_rule(build, action, &call, rule, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The highest system call number of this machine that the library has a name for; 0: it cannot be told. */
static uint32_t highest_known(const struct kern_seccomp_library *library)
{
	uint32_t arch = library->arch_native();
	int number;

	for (number = NUMBERS_MAX; number > 0; number--) {
		auto_free char *name = library->syscall_resolve_num_arch(arch, number);

		if (name)
			return (uint32_t)number;
	}
	return 0;
}

/*
 * A profile that refuses what it does not name cannot name what came after
 * the library: to programs that try a new system call and fall back on ENOSYS
 * any other errno is a failure (faccessat2, clone3, fchmodat2 broke whole
 * distributions so). Numbers the library does not know get ENOSYS.
 */
static int write_newer(const struct build *build, int program, struct err *err)
{
	uint32_t last = highest_known(build->library);
	const struct sock_filter head[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, build->library->arch_native(), 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 2, 0), /* x32: the profile says */
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};

	if (build->profile->default_action != KERN_SECCOMP_ERRNO || !last)
		return 0;
	if (file_write_fd(program, (const char *)head, sizeof(head)) < 0)
		return err_system(err, "write", "seccomp program");
	return 0;
}

int kern_seccomp_build(const struct kern_seccomp *profile, struct err *err)
{
	__attribute__((cleanup(release))) struct build build = { .profile = profile };
	auto_close int program = -1;
	uint32_t action;
	int result;

	build.library = kern_seccomp_library(err);
	if (!build.library)
		return -1;
	if (native_action(profile->default_action, profile->has_default_errno, profile->default_errno,
			  &action, err) < 0)
		return -1;
	build.context = build.library->init(action);
	if (!build.context) {
		errno = EINVAL;
		return err_system(err, "seccomp_init", "default action 0x%x", action);
	}
	if (add_arches(&build, err) < 0 || add_rules(&build, action, err) < 0)
		return -1;
	program = kern_seccomp_memfd(err);
	if (program < 0 || write_newer(&build, program, err) < 0)
		return -1;
	result = build.library->export_bpf(build.context, program);
	if (result < 0)
		return library_error(err, result, "seccomp_export_bpf", "the program");
	return take_fd(&program);
}

#else

int kern_seccomp_build(const struct kern_seccomp *profile, struct err *err)
{
	(void)profile;
	kern_seccomp_library(err);
	return -1;
}

#endif
