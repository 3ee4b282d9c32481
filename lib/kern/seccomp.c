/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "kern/seccomp.h"
#include "kern/seccomp_internal.h"

static const struct {
	uint32_t value;
	const char *name;
} actions[KERN_SECCOMP_ACTION_COUNT] = {
	[KERN_SECCOMP_KILL_THREAD] = { SECCOMP_RET_KILL_THREAD, "SCMP_ACT_KILL_THREAD" },
	[KERN_SECCOMP_KILL_PROCESS] = { SECCOMP_RET_KILL_PROCESS, "SCMP_ACT_KILL_PROCESS" },
	[KERN_SECCOMP_TRAP] = { SECCOMP_RET_TRAP, "SCMP_ACT_TRAP" },
	[KERN_SECCOMP_ERRNO] = { SECCOMP_RET_ERRNO, "SCMP_ACT_ERRNO" },
	[KERN_SECCOMP_TRACE] = { SECCOMP_RET_TRACE, "SCMP_ACT_TRACE" },
	[KERN_SECCOMP_ALLOW] = { SECCOMP_RET_ALLOW, "SCMP_ACT_ALLOW" },
	[KERN_SECCOMP_LOG] = { SECCOMP_RET_LOG, "SCMP_ACT_LOG" },
	[KERN_SECCOMP_NOTIFY] = { SECCOMP_RET_USER_NOTIF, "SCMP_ACT_NOTIFY" },
};

static bool has_action(enum kern_seccomp_action action)
{
	uint32_t value = actions[action].value;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &value) == 0;
}

unsigned kern_seccomp_actions(void)
{
	unsigned found = 0;
	unsigned i;

	for (i = 0; i < KERN_SECCOMP_ACTION_COUNT; i++)
		if (has_action(i))
			found |= 1U << i;
	return found;
}

uint64_t kern_seccomp_flags(void)
{
	static const uint64_t flags[] = { SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG,
					  SECCOMP_FILTER_FLAG_SPEC_ALLOW, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV };
	uint64_t found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		bool listens = flags[i] == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
		uint64_t with = listens ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;

		/* The kernel looks at the flags (EINVAL), then for the program, which is not there. */
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i] | with, NULL) && errno == EFAULT)
			found |= flags[i];
	}
	return found;
}

static unsigned used_actions(const struct kern_seccomp *profile)
{
	unsigned used = 1U << profile->default_action;
	size_t i;

	for (i = 0; i < profile->rule_count; i++)
		used |= 1U << profile->rules[i].action;
	return used;
}

/* The actions that came after the first filters; the others are there where seccomp is. */
static int check_actions(const struct kern_seccomp *profile, struct err *err)
{
	static const enum kern_seccomp_action later[] = { KERN_SECCOMP_KILL_PROCESS, KERN_SECCOMP_LOG,
							  KERN_SECCOMP_NOTIFY };
	unsigned used = used_actions(profile);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(later); i++)
		if ((used & 1U << later[i]) && !has_action(later[i]))
			return err_set(err, ERR_UNSUPPORTED, "seccomp",
				       "this kernel does not know the action %s", actions[later[i]].name);
	return 0;
}

int kern_seccomp_memfd(struct err *err)
{
	int fd = memfd_create("seccomp", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	return fd < 0 ? err_system(err, "memfd_create", "seccomp") : fd;
}

int kern_seccomp_compile(const struct kern_seccomp *profile, int cache, struct err *err)
{
	auto_strbuf struct strbuf key = { 0 };
	auto_close int program = -1;

	if (check_actions(profile, err) < 0)
		return -1;
	if (cache >= 0) {
		kern_seccomp_cache_key(profile, &key);
		program = kern_seccomp_cache_get(cache, &key);
	}
	if (program < 0) {
		program = kern_seccomp_build(profile, err);
		if (program < 0)
			return -1;
		if (cache >= 0)
			kern_seccomp_cache_put(cache, &key, program);
	}
	if (fcntl(program, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return err_system(err, "fcntl", "F_ADD_SEALS");
	return take_fd(&program);
}

int kern_seccomp_cache_open(const char *path, struct err *err)
{
	auto_close int fd = -1;
	struct stat st;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return err_system(err, "mkdir", "%s", path);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_system(err, "open", "%s", path);
	if (st.st_uid != geteuid() || (st.st_mode & 077)) {
		errno = EPERM;
		err_system(err, "open", "%s", path);
		return err_hint(err, "the directory of compiled seccomp programs must be ours, mode 0700");
	}
	return take_fd(&fd);
}

static int hint_load(struct err *err)
{
	switch (err->errnum) {
	case EACCES:
		return err_hint(err, "it needs no_new_privs or CAP_SYS_ADMIN in the user namespace");
	case EINVAL:
		return err_hint(
			err, "the program is too long (over 4096 instructions) or this kernel does not know "
			     "one of the flags");
	case EBUSY:
		return err_hint(err, "another filter of this process has a listener already");
	case ENOMEM:
		return err_hint(err, "the filters of a process may have 32768 instructions together");
	default:
		return -1;
	}
}

int kern_seccomp_load(int program, uint64_t flags, int *listener, struct err *err)
{
	struct sock_fprog filter;
	struct stat st;
	long result;

	if (fstat(program, &st) < 0)
		return err_system(err, "fstat", "seccomp program");
	filter.len = (unsigned short)((size_t)st.st_size / sizeof(struct sock_filter));
	filter.filter = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, program, 0);
	if (filter.filter == MAP_FAILED)
		return err_system(err, "mmap", "seccomp program");
	if (listener) {
		flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
		/* Both flags want the return value for themselves; this one makes a failed sync an errno. */
		if (flags & SECCOMP_FILTER_FLAG_TSYNC)
			flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
	} else {
		flags &=
			~(uint64_t)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV; /* of a listener; EINVAL without */
	}
	result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, (unsigned)flags, &filter);
	if (result < 0) {
		err_system(err, "seccomp", "%u instructions, flags 0x%llx", filter.len,
			   (unsigned long long)flags);
		return hint_load(err);
	}
	if (!listener && result > 0)
		return err_set(err, ERR_SYSTEM, "seccomp", "thread %ld cannot take the filter", result);
	if (listener)
		*listener = (int)result; /* close-on-exec */
	return 0;
}
