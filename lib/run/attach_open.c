/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before anything is entered: what is asked for, opened. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/number.h"
#include "kern/constants.h"
#include "kern/lsm.h"
#include "kern/ns.h"
#include "kern/procfs.h"
#include "run/attach.h"
#include "run/attach_internal.h"

/* The kernel gives no more; each variable has at most 128 KiB, all of them a quarter of the stack's limit. */
#define ENVIRONMENT_MAX (64u * 1024 * 1024)

int run_attach_file(const char *path, int flag, struct err *err)
{
	uint64_t id;
	int fd;

	if (path[0] == ':') {
		struct err refused = { 0 };

		if (number_u64(path + 1, &id))
			return attach_fail_plain(err, "failed to parse nsid: %s", path + 1);
		fd = kern_ns_open_id(id, flag, &refused);
		if (fd >= 0)
			return fd;
		errno = refused.errnum;
		attach_fail(err, "cannot open namespace of id %llu", (unsigned long long)id);
		return *refused.hint ? err_hint(err, "%s", refused.hint) : -1;
	}
	/* Not blocking, should someone have put a fifo there. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? attach_fail(err, "cannot open %s", path) : fd;
}

/* Whether the target's user namespace is ours: 1, 0, or -1. To join one's own is refused (setns(2)). */
static int shares_user(struct run_attach *attach, struct err *err)
{
	struct stat own, other;
	struct err gone = { 0 };
	int process = attach_process(attach, &gone);

	if (process < 0)
		errno = gone.errnum;
	if (process < 0 || fstatat(process, "ns/user", &other, 0) || stat("/proc/self/ns/user", &own))
		return attach_fail(err, "stat of /proc/%d/ns/user failed", (int)attach->pid);
	return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* All that this kernel has, but our own user namespace. */
static int expand_all(struct run_attach *attach, struct err *err)
{
	char path[32];

	if (!attach->pid)
		return attach_fail_plain(err, "no target PID specified for --all");
	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		struct run_attach_ns *ns = &attach->ns[i];
		int shared = 0;

		if (ns->given)
			continue;
		if (kern_ns_kinds[i].flag == CLONE_NEWUSER)
			shared = shares_user(attach, err);
		if (shared < 0)
			return -1;
		snprintf(path, sizeof(path), "/proc/self/ns/%s", kern_ns_kinds[i].proc_name);
		ns->given = !shared && faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	}
	return 0;
}

/* What has no file is the target's: through its pidfd, or where there is none by its files. */
static int open_namespaces(struct run_attach *attach, struct err *err)
{
	char name[32];

	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		struct run_attach_ns *ns = &attach->ns[i];

		if (!ns->given || ns->fd >= 0)
			continue;
		snprintf(name, sizeof(name), "ns/%s", kern_ns_kinds[i].proc_name);
		if (!attach->pid)
			return attach_fail_plain(err, "neither filename nor target pid supplied for %s", name);
		if (attach->pidfd < 0 && (ns->fd = attach_open_file(attach, name, O_RDONLY, err)) < 0)
			return -1;
	}
	return 0;
}

/* O_PATH: to enter a directory one need not be able to read it. */
static int open_directory(struct run_attach *attach, struct run_attach_dir *directory, const char *name,
			  struct err *err)
{
	if (!directory->given || directory->fd >= 0)
		return 0;
	if (!attach->pid)
		return attach_fail_plain(err, "neither filename nor target pid supplied for %s", name);
	directory->fd = attach_open_file(attach, name, O_PATH, err);
	return directory->fd < 0 ? -1 : 0;
}

static int read_environment(struct run_attach *attach, struct err *err)
{
	auto_close int fd = -1;

	if (!attach->environment)
		return 0;
	if (!attach->pid)
		return attach_fail_plain(err, "neither filename nor target pid supplied for environ");
	fd = attach_open_file(attach, "environ", O_RDONLY, err);
	if (fd < 0)
		return -1;
	if (file_read_fd(fd, ENVIRONMENT_MAX, &attach->variables, &attach->variables_size))
		return attach_fail(err, "failed to get environment variables");
	return 0;
}

/* The first namespace that is entered, for its owner; the target's own user namespace before all others. */
static int find_parent(struct run_attach *attach, struct err *err)
{
	struct run_attach_ns *user = attach->ns; /* the table has it: found below */
	auto_close int own = -1;
	struct err refused = { 0 };
	int from = -1, fd;

	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		if (kern_ns_kinds[i].flag == CLONE_NEWUSER)
			user = &attach->ns[i];
		if (attach->ns[i].given && attach->ns[i].fd >= 0 && from < 0)
			from = attach->ns[i].fd;
	}
	if (attach->pid && user->fd < 0)
		from = own = attach_open_file(attach, "ns/user", O_RDONLY, err);
	if (err_is_set(err))
		return -1;
	if (from < 0)
		return attach_fail_plain(err, "neither filename nor target pid supplied for ns/user");
	fd = kern_ns_owner(from, &refused);
	if (fd < 0) {
		errno = refused.errnum;
		return attach_fail(err, "failed to open parent namespace");
	}
	close_keep_errno(user->fd);
	*user = (struct run_attach_ns){ .given = true, .fd = fd };
	return 0;
}

static int find_net_of_socket(struct run_attach *attach, struct err *err)
{
	struct err refused = { 0 };
	int number, fd;

	if (number_int(attach->net_socket, &number) || number < 0)
		return attach_fail_plain(err, "failed to parse file descriptor: '%s'", attach->net_socket);
	if (!attach->pid)
		return attach_fail_plain(err, "no target PID specified for --net-socket");
	if (attach->pidfd < 0) {
		errno = ESRCH;
		return attach_fail(err, "failed to pidfd_open() for %d", (int)attach->pid);
	}
	fd = kern_ns_of_socket(attach->pidfd, number, &refused);
	errno = refused.errnum;
	if (fd < 0 && !strcmp(refused.op, "SIOCGSKNS"))
		return attach_fail(err, "ioctl(%d, SIOCGSKNS)", number);
	if (fd < 0)
		return attach_fail(err, "pidfd_getfd(%d, %d)", (int)attach->pid, number);
	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (kern_ns_kinds[i].flag == CLONE_NEWNET) {
			close_keep_errno(attach->ns[i].fd);
			attach->ns[i] = (struct run_attach_ns){ .given = true, .fd = fd };
		}
	return 0;
}

/* Without SELinux there is nothing to follow: "". */
static int find_context(struct run_attach *attach, char *label, size_t size, struct err *err)
{
	int process;

	if (!kern_lsm_has_selinux())
		return 0;
	if (!attach->pid)
		return attach_fail_plain(err, "no target PID specified for --follow-context");
	process = attach_process(attach, err);
	return process < 0 ? -1 : kern_lsm_get_current(process, label, size, err);
}

/* Set at once, while our own /proc is the one we see (CVE-2015-1334); it takes effect at the next execve. */
static int set_label(struct run_attach *attach, struct err *err)
{
	auto_close int procfs = -1;
	char followed[PATH_MAX] = "";
	const char *label = attach->label ? attach->label : followed;
	bool apparmor;

	if (attach->follow_context && find_context(attach, followed, sizeof(followed), err))
		return -1;
	if (!*label)
		return 0;
	procfs = kern_procfs_open(err);
	if (procfs < 0)
		return -1;
	apparmor = kern_lsm_has_apparmor();
	return kern_lsm_set_exec(procfs, apparmor ? label : NULL, apparmor ? NULL : label, err);
}

/* Is anything to be done at all? util-linux's newest no longer takes a call that enters nothing. */
static int count_flags(struct run_attach *attach, struct err *err)
{
	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (attach->ns[i].given)
			attach->flags |= kern_ns_kinds[i].flag;
	if (attach->flags || attach->root.given || attach->wd.given || attach->wdns || attach->uid.given ||
	    attach->gid.given || attach->environment || attach->join_cgroup || attach->follow_context || attach->label)
		return 0;
	attach_fail_plain(err, "no namespace specified");
	return err_hint(err, "-a enters all namespaces of the target");
}

int run_attach_open(struct run_attach *attach, struct err *err)
{
	bool follows = attach->uid.follow || attach->gid.follow;

	if (set_label(attach, err) || (attach->all && expand_all(attach, err)) ||
	    open_namespaces(attach, err) || open_directory(attach, &attach->root, "root", err) ||
	    open_directory(attach, &attach->wd, "cwd", err) || read_environment(attach, err))
		return -1;
	if ((follows || attach->join_cgroup) && !attach->pid)
		return attach_fail_plain(err, "no target PID specified for --%s",
					 attach->uid.follow ? "setuid follow"
					 : attach->gid.follow ? "setgid follow"
							      : "join-cgroup");
	if (follows && attach_process(attach, err) < 0)
		return -1;
	if ((attach->user_parent && find_parent(attach, err)) ||
	    (attach->net_socket && find_net_of_socket(attach, err)))
		return -1;
	return count_flags(attach, err);
}
