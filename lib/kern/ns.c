/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/ns.h"
#include "kern/procfs.h"

/* User first: it gives the right to join the others. Mount late: it takes the paths away. Time: before exec.
 */
const struct kern_ns_kind kern_ns_kinds[KERN_NS_COUNT] = {
	{ "user", "user", CLONE_NEWUSER },  { "cgroup", "cgroup", CLONE_NEWCGROUP },
	{ "ipc", "ipc", CLONE_NEWIPC },     { "uts", "uts", CLONE_NEWUTS },
	{ "network", "net", CLONE_NEWNET }, { "pid", "pid", CLONE_NEWPID },
	{ "mount", "mnt", CLONE_NEWNS },    { "time", "time", CLONE_NEWTIME },
};

const struct kern_ns_kind *kern_ns_find(const char *name)
{
	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (strcmp(name, kern_ns_kinds[i].name) == 0 || strcmp(name, kern_ns_kinds[i].proc_name) == 0)
			return &kern_ns_kinds[i];
	return NULL;
}

const struct kern_ns_kind *kern_ns_find_flag(int flag)
{
	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (kern_ns_kinds[i].flag == flag)
			return &kern_ns_kinds[i];
	return NULL;
}

static const char *flag_name(int flag)
{
	const struct kern_ns_kind *kind = kern_ns_find_flag(flag);

	return kind ? kind->name : "unknown";
}

/* All names of a set of flags: "user, pid, mount". */
static const char *flag_names(int flags, char buf[static 96])
{
	size_t length = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (flags & kern_ns_kinds[i].flag)
			length += (size_t)snprintf(buf + length, 96 - length, "%s%s", length ? ", " : "",
						   kern_ns_kinds[i].name);
	return buf;
}

int kern_ns_type(int ns, struct err *err)
{
	struct statfs fs;
	int type;

	if (fstatfs(ns, &fs))
		return err_system(err, "statfs", "namespace");
	if (fs.f_type != NSFS_MAGIC)
		return err_set(err, ERR_SPEC, "namespace", "is not a namespace file");
	type = ioctl(ns, NS_GET_NSTYPE);
	return type < 0 ? err_system(err, "NS_GET_NSTYPE", "namespace") : type;
}

static int check(int fd, const char *path, int flag, struct err *err)
{
	int type;

	if (fd < 0)
		return err_system(err, "open", "%s", path);
	type = kern_ns_type(fd, err);
	if (type < 0)
		return err_object(err, "%s", path);
	if (!flag || type == flag)
		return 0;
	err_set(err, ERR_SPEC, "namespace", "is a %s namespace, not a %s namespace", flag_name(type),
		flag_name(flag));
	return err_object(err, "%s", path);
}

int kern_ns_open(const char *path, int flag, struct err *err)
{
	/* Not blocking, should someone have put a fifo there. */
	auto_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return check(fd, path, flag, err) ? -1 : take_fd(&fd);
}

int kern_ns_open_pid(int proc_pid, int flag, struct err *err)
{
	const struct kern_ns_kind *kind = kern_ns_find_flag(flag);
	auto_close int fd = -1;
	char path[32];

	if (!kind)
		return err_set(err, ERR_UNSUPPORTED, "namespace", "0x%x is no kind of namespace",
			       (unsigned)flag);
	snprintf(path, sizeof(path), "ns/%s", kind->proc_name);
	fd = openat(proc_pid, path, O_RDONLY | O_CLOEXEC);
	return check(fd, path, flag, err) ? -1 : take_fd(&fd);
}

static int join_failed(int flags, struct err *err)
{
	char names[96];
	int errnum = errno;

	err_system(err, "setns", "%s namespace", flag_names(flags, names));
	if (errnum == EPERM)
		err_hint(
			err,
			"joining needs CAP_SYS_ADMIN over the namespace's user namespace: join that one too");
	else if (errnum == EINVAL && (flags & CLONE_NEWUSER))
		err_hint(err, "the user namespace is the caller's own already, or the caller shares its root "
			      "directory "
			      "with another process");
	errno = errnum;
	return -1;
}

int kern_ns_join(int ns, int flag, struct err *err)
{
	return setns(ns, flag) ? join_failed(flag, err) : 0;
}

int kern_ns_join_pidfd(int pidfd, int flags, struct err *err)
{
	return setns(pidfd, flags) ? join_failed(flags, err) : 0;
}

int kern_ns_unshare(int flags, struct err *err)
{
	char names[96];
	int errnum;

	if (unshare(flags) == 0)
		return 0;
	errnum = errno;
	err_system(err, "unshare", "%s namespace", flag_names(flags, names));
	if (errnum == ENOSPC)
		err_hint(err, "a limit of /proc/sys/user/max_*_namespaces is reached");
	else if (errnum == EINVAL)
		err_hint(err, "this kernel was built without one of them (%s)", names);
	else if (errnum == EPERM)
		err_hint(err, "new namespaces need CAP_SYS_ADMIN; a user namespace may be restricted by "
			      "user.max_user_namespaces, kernel.unprivileged_userns_clone or "
			      "kernel.apparmor_restrict_unprivileged_userns");
	errno = errnum;
	return -1;
}

static int write_offsets(int proc, const struct kern_time_offset *monotonic,
			 const struct kern_time_offset *boottime, struct err *err)
{
	char text[128];
	int n = 0;

	if (monotonic)
		n += snprintf(text, sizeof(text), "monotonic %" PRId64 " %" PRIu32 "\n", monotonic->secs,
			      monotonic->nanosecs);
	if (boottime)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "boottime %" PRId64 " %" PRIu32 "\n",
			      boottime->secs, boottime->nanosecs);
	if (!n || kern_procfs_write_self(proc, "timens_offsets", text, err) == 0)
		return 0;
	if (err->errnum == ERANGE)
		err_hint(err, "an offset must leave the clock between 0 and 146 years");
	else if (err->errnum == EACCES)
		err_hint(err, "the time namespace has processes already: offsets are fixed from then on");
	return -1;
}

int kern_ns_time_enter(int proc, const struct kern_time_offset *monotonic,
		       const struct kern_time_offset *boottime, struct err *err)
{
	auto_close int self = -1, ns = -1;
	char path[64];
	ssize_t n;

	if (write_offsets(proc, monotonic, boottime, err))
		return -1;
	n = readlinkat(proc, "self", path, sizeof(path) - 1);
	if (n < 0)
		return err_system(err, "readlink", "/proc/self");
	path[n] = '\0';
	self = kern_procfs_open_file(proc, path, O_PATH | O_DIRECTORY, err);
	if (self < 0)
		return -1;
	ns = openat(self, "ns/time_for_children", O_RDONLY | O_CLOEXEC);
	if (check(ns, "/proc/self/ns/time_for_children", CLONE_NEWTIME, err))
		return -1;
	return kern_ns_join(ns, CLONE_NEWTIME, err);
}

int kern_ns_set_hostname(const char *name, struct err *err)
{
	return sethostname(name, strlen(name)) ? err_system(err, "sethostname", "%s", name) : 0;
}

int kern_ns_set_domainname(const char *name, struct err *err)
{
	return setdomainname(name, strlen(name)) ? err_system(err, "setdomainname", "%s", name) : 0;
}
