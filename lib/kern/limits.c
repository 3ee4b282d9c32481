/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/limits.h"

const char *kern_limits_name(int resource)
{
	static const char *const names[] = {
		[RLIMIT_AS] = "RLIMIT_AS",
		[RLIMIT_CORE] = "RLIMIT_CORE",
		[RLIMIT_CPU] = "RLIMIT_CPU",
		[RLIMIT_DATA] = "RLIMIT_DATA",
		[RLIMIT_FSIZE] = "RLIMIT_FSIZE",
		[RLIMIT_LOCKS] = "RLIMIT_LOCKS",
		[RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",
		[RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE",
		[RLIMIT_NICE] = "RLIMIT_NICE",
		[RLIMIT_NOFILE] = "RLIMIT_NOFILE",
		[RLIMIT_NPROC] = "RLIMIT_NPROC",
		[RLIMIT_RSS] = "RLIMIT_RSS",
		[RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",
		[RLIMIT_RTTIME] = "RLIMIT_RTTIME",
		[RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING",
		[RLIMIT_STACK] = "RLIMIT_STACK",
	};

	if (resource < 0 || (size_t)resource >= ARRAY_SIZE(names) || !names[resource])
		return "RLIMIT_?";
	return names[resource];
}

/* The call itself: glibc's wrapper takes an enum, and its RLIM_INFINITY is the kernel's. */
static int limit(pid_t pid, int resource, const struct rlimit64 *new, struct rlimit64 *old)
{
	return (int)syscall(SYS_prlimit64, pid, resource, new, old);
}

int kern_limits_set(pid_t pid, int resource, uint64_t soft, uint64_t hard, struct err *err)
{
	struct rlimit64 value = { .rlim_cur = soft, .rlim_max = hard };

	if (limit(pid, resource, &value, NULL) == 0)
		return 0;
	err_system(err, "prlimit", "%s", kern_limits_name(resource));
	if (err->errnum == EPERM)
		err_hint(err,
			 resource == RLIMIT_NOFILE
				 ? "raising a hard limit needs CAP_SYS_RESOURCE; RLIMIT_NOFILE is at most "
				   "fs.nr_open"
				 : "raising a hard limit needs CAP_SYS_RESOURCE");
	if (err->errnum == EINVAL)
		err_hint(err, "the soft limit must not be above the hard one");
	return -1;
}

int kern_limits_get(pid_t pid, int resource, uint64_t *soft, uint64_t *hard, struct err *err)
{
	struct rlimit64 value;

	if (limit(pid, resource, NULL, &value) < 0)
		return err_system(err, "prlimit", "%s", kern_limits_name(resource));
	*soft = value.rlim_cur;
	*hard = value.rlim_max;
	return 0;
}

int kern_limits_raise_files(uint64_t *before, struct err *err)
{
	uint64_t soft;
	uint64_t hard;

	if (kern_limits_get(0, RLIMIT_NOFILE, &soft, &hard, err) < 0)
		return -1;
	if (before)
		*before = soft;
	return soft == hard ? 0 : kern_limits_set(0, RLIMIT_NOFILE, hard, hard, err);
}
