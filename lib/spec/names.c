/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/landlock.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>

#include "base/capability.h"
#include "base/cleanup.h"
#include "spec/names.h"
#include "spec/types.h"

#define TABLE(subject, described)                                                                            \
	const struct spec_names spec_names_##subject = { .what = (described),                                \
							 .items = subject##_items,                           \
							 .count = ARRAY_SIZE(subject##_items) }

/* Same name, same constant. */
#define SAME(constant)                                                                                       \
	{                                                                                                    \
#constant, (uint64_t)(constant)                                                              \
	}

static const struct spec_name namespace_items[] = {
	{ "user", SPEC_NS_USER },   { "cgroup", SPEC_NS_CGROUP },   { "ipc", SPEC_NS_IPC },
	{ "uts", SPEC_NS_UTS },     { "network", SPEC_NS_NETWORK }, { "pid", SPEC_NS_PID },
	{ "mount", SPEC_NS_MOUNT }, { "time", SPEC_NS_TIME },
};
TABLE(namespace, "a namespace");

#define CAPABILITY(name) SAME(CAP_##name),
static const struct spec_name capability_items[] = { CAPABILITY_LIST(CAPABILITY) };
#undef CAPABILITY
TABLE(capability, "a capability");

static const struct spec_name rlimit_items[] = {
	SAME(RLIMIT_AS),     SAME(RLIMIT_CORE),   SAME(RLIMIT_CPU),        SAME(RLIMIT_DATA),
	SAME(RLIMIT_FSIZE),  SAME(RLIMIT_LOCKS),  SAME(RLIMIT_MEMLOCK),    SAME(RLIMIT_MSGQUEUE),
	SAME(RLIMIT_NICE),   SAME(RLIMIT_NOFILE), SAME(RLIMIT_NPROC),      SAME(RLIMIT_RSS),
	SAME(RLIMIT_RTPRIO), SAME(RLIMIT_RTTIME), SAME(RLIMIT_SIGPENDING), SAME(RLIMIT_STACK),
};
TABLE(rlimit, "a resource limit");

static const struct spec_name seccomp_action_items[] = {
	{ "SCMP_ACT_KILL_THREAD", SPEC_SECCOMP_KILL_THREAD },
	{ "SCMP_ACT_KILL", SPEC_SECCOMP_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SPEC_SECCOMP_KILL_PROCESS },
	{ "SCMP_ACT_TRAP", SPEC_SECCOMP_TRAP },
	{ "SCMP_ACT_ERRNO", SPEC_SECCOMP_ERRNO },
	{ "SCMP_ACT_TRACE", SPEC_SECCOMP_TRACE },
	{ "SCMP_ACT_ALLOW", SPEC_SECCOMP_ALLOW },
	{ "SCMP_ACT_LOG", SPEC_SECCOMP_LOG },
	{ "SCMP_ACT_NOTIFY", SPEC_SECCOMP_NOTIFY },
};
TABLE(seccomp_action, "a seccomp action");

static const struct spec_name seccomp_op_items[] = {
	{ "SCMP_CMP_NE", SPEC_SECCOMP_NE },
	{ "SCMP_CMP_LT", SPEC_SECCOMP_LT },
	{ "SCMP_CMP_LE", SPEC_SECCOMP_LE },
	{ "SCMP_CMP_EQ", SPEC_SECCOMP_EQ },
	{ "SCMP_CMP_GE", SPEC_SECCOMP_GE },
	{ "SCMP_CMP_GT", SPEC_SECCOMP_GT },
	{ "SCMP_CMP_MASKED_EQ", SPEC_SECCOMP_MASKED_EQ },
};
TABLE(seccomp_op, "a seccomp comparison");

static const struct spec_name seccomp_flag_items[] = {
	SAME(SECCOMP_FILTER_FLAG_TSYNC),
	SAME(SECCOMP_FILTER_FLAG_LOG),
	SAME(SECCOMP_FILTER_FLAG_SPEC_ALLOW),
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	  UINT64_C(1) << 5 }, /* Linux 5.19; not in Debian 12's headers */
};
TABLE(seccomp_flag, "a seccomp flag");

static const struct spec_name seccomp_arch_items[] = {
	{ "SCMP_ARCH_X86", 0 },          { "SCMP_ARCH_X86_64", 1 },   { "SCMP_ARCH_X32", 2 },
	{ "SCMP_ARCH_ARM", 3 },          { "SCMP_ARCH_AARCH64", 4 },  { "SCMP_ARCH_LOONGARCH64", 5 },
	{ "SCMP_ARCH_M68K", 6 },         { "SCMP_ARCH_MIPS", 7 },     { "SCMP_ARCH_MIPS64", 8 },
	{ "SCMP_ARCH_MIPS64N32", 9 },    { "SCMP_ARCH_MIPSEL", 10 },  { "SCMP_ARCH_MIPSEL64", 11 },
	{ "SCMP_ARCH_MIPSEL64N32", 12 }, { "SCMP_ARCH_PPC", 13 },     { "SCMP_ARCH_PPC64", 14 },
	{ "SCMP_ARCH_PPC64LE", 15 },     { "SCMP_ARCH_S390", 16 },    { "SCMP_ARCH_S390X", 17 },
	{ "SCMP_ARCH_SH", 18 },          { "SCMP_ARCH_SHEB", 19 },    { "SCMP_ARCH_PARISC", 20 },
	{ "SCMP_ARCH_PARISC64", 21 },    { "SCMP_ARCH_RISCV64", 22 },
};
TABLE(seccomp_arch, "a seccomp architecture");

static const struct spec_name scheduler_items[] = {
	{ "SCHED_OTHER", SCHED_NORMAL },
	SAME(SCHED_FIFO),
	SAME(SCHED_RR),
	SAME(SCHED_BATCH),
	{ "SCHED_ISO", 4 }, /* reserved by the kernel, never implemented: the reader refuses it */
	SAME(SCHED_IDLE),
	SAME(SCHED_DEADLINE),
};
TABLE(scheduler, "a scheduling policy");

static const struct spec_name scheduler_flag_items[] = {
	SAME(SCHED_FLAG_RESET_ON_FORK),  SAME(SCHED_FLAG_RECLAIM),     SAME(SCHED_FLAG_DL_OVERRUN),
	SAME(SCHED_FLAG_KEEP_POLICY),    SAME(SCHED_FLAG_KEEP_PARAMS), SAME(SCHED_FLAG_UTIL_CLAMP_MIN),
	SAME(SCHED_FLAG_UTIL_CLAMP_MAX),
};
TABLE(scheduler_flag, "a scheduler flag");

static const struct spec_name io_class_items[] = {
	SAME(IOPRIO_CLASS_RT),
	SAME(IOPRIO_CLASS_BE),
	SAME(IOPRIO_CLASS_IDLE),
};
TABLE(io_class, "an I/O priority class");

static const struct spec_name memory_mode_items[] = {
	SAME(MPOL_DEFAULT),    SAME(MPOL_BIND),
	SAME(MPOL_INTERLEAVE), { "MPOL_WEIGHTED_INTERLEAVE", 6 }, /* Linux 6.9; not in Debian 12's headers */
	SAME(MPOL_PREFERRED),  SAME(MPOL_PREFERRED_MANY),
	SAME(MPOL_LOCAL),
};
TABLE(memory_mode, "a memory policy");

static const struct spec_name memory_flag_items[] = {
	SAME(MPOL_F_NUMA_BALANCING),
	SAME(MPOL_F_RELATIVE_NODES),
	SAME(MPOL_F_STATIC_NODES),
};
TABLE(memory_flag, "a memory policy flag");

static const struct spec_name personality_items[] = {
	{ "LINUX", PER_LINUX },
	{ "LINUX32", PER_LINUX32 },
};
TABLE(personality, "an execution domain");

static const struct spec_name hook_items[] = {
	{ "prestart", SPEC_HOOK_PRESTART },
	{ "createRuntime", SPEC_HOOK_CREATE_RUNTIME },
	{ "createContainer", SPEC_HOOK_CREATE_CONTAINER },
	{ "startContainer", SPEC_HOOK_START_CONTAINER },
	{ "poststart", SPEC_HOOK_POSTSTART },
	{ "poststop", SPEC_HOOK_POSTSTOP },
};
TABLE(hook, "a kind of hook");

static const struct spec_name propagation_items[] = {
	{ "private", MS_PRIVATE },
	{ "shared", MS_SHARED },
	{ "slave", MS_SLAVE },
	{ "unbindable", MS_UNBINDABLE },
	{ "rprivate", MS_PRIVATE | MS_REC },
	{ "rshared", MS_SHARED | MS_REC },
	{ "rslave", MS_SLAVE | MS_REC },
	{ "runbindable", MS_UNBINDABLE | MS_REC },
};
TABLE(propagation, "a mount propagation");

static const struct spec_name landlock_fs_items[] = {
	{ "execute", LANDLOCK_ACCESS_FS_EXECUTE },
	{ "write-file", LANDLOCK_ACCESS_FS_WRITE_FILE },
	{ "read-file", LANDLOCK_ACCESS_FS_READ_FILE },
	{ "read-dir", LANDLOCK_ACCESS_FS_READ_DIR },
	{ "remove-dir", LANDLOCK_ACCESS_FS_REMOVE_DIR },
	{ "remove-file", LANDLOCK_ACCESS_FS_REMOVE_FILE },
	{ "make-char", LANDLOCK_ACCESS_FS_MAKE_CHAR },
	{ "make-dir", LANDLOCK_ACCESS_FS_MAKE_DIR },
	{ "make-reg", LANDLOCK_ACCESS_FS_MAKE_REG },
	{ "make-sock", LANDLOCK_ACCESS_FS_MAKE_SOCK },
	{ "make-fifo", LANDLOCK_ACCESS_FS_MAKE_FIFO },
	{ "make-block", LANDLOCK_ACCESS_FS_MAKE_BLOCK },
	{ "make-sym", LANDLOCK_ACCESS_FS_MAKE_SYM },
	{ "refer", LANDLOCK_ACCESS_FS_REFER },
	/* Not in Debian 12's headers: ABI 3 (Linux 6.2), ABI 5 (Linux 6.10). */
	{ "truncate", UINT64_C(1) << 14 },
	{ "ioctl-dev", UINT64_C(1) << 15 },
};
TABLE(landlock_fs, "a Landlock file access");

/* ABI 4 (Linux 6.7). */
static const struct spec_name landlock_net_items[] = {
	{ "bind-tcp", UINT64_C(1) << 0 },
	{ "connect-tcp", UINT64_C(1) << 1 },
};
TABLE(landlock_net, "a Landlock network access");

/* ABI 6 (Linux 6.12). */
static const struct spec_name landlock_scope_items[] = {
	{ "abstract-unix-socket", UINT64_C(1) << 0 },
	{ "signal", UINT64_C(1) << 1 },
};
TABLE(landlock_scope, "a Landlock scope");

int spec_names_find(const struct spec_names *names, const char *name, uint64_t *value)
{
	for (size_t i = 0; i < names->count; i++) {
		if (!strcmp(names->items[i].name, name)) {
			*value = names->items[i].value;
			return 0;
		}
	}
	return -1;
}

const char *spec_names_of(const struct spec_names *names, uint64_t value)
{
	for (size_t i = 0; i < names->count; i++)
		if (names->items[i].value == value)
			return names->items[i].name;
	return NULL;
}

int spec_capability_parse(const char *text, unsigned *number)
{
	for (size_t i = 0; i < ARRAY_SIZE(capability_items); i++) {
		const char *name = capability_items[i].name;

		if (!strcasecmp(text, name) || !strcasecmp(text, name + strlen("CAP_"))) {
			*number = (unsigned)capability_items[i].value;
			return 0;
		}
	}
	return -1;
}
