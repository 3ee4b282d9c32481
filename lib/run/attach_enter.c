/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cgroup, namespaces, root and working directory. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/constants.h"
#include "kern/ns.h"
#include "run/attach.h"
#include "run/attach_internal.h"

/* The same hierarchy in our own list: to move where one is already is work for the kernel, and may be refused. */
static bool is_there(const struct kern_cgroup_hierarchies *own, const struct kern_cgroup_hierarchy *wanted)
{
	for (size_t i = 0; i < own->count; i++)
		if (!strcmp(own->items[i].mountpoint, wanted->mountpoint))
			return !strcmp(own->items[i].own, wanted->own);
	return false;
}

static int join_group(const struct kern_cgroup_hierarchy *hierarchy, struct err *err)
{
	struct kern_cgroup group = { 0 };
	int ret = kern_cgroup_open(&group, hierarchy->mountpoint, hierarchy->own, err) ||
		  kern_cgroup_attach(&group, 0, err);

	/* At once: the program must not have it, nor reach it while we set up (CVE-2026-78408). */
	kern_cgroup_close(&group);
	return ret ? -1 : 0;
}

int attach_cgroup(const struct run_attach *attach, struct err *err)
{
	struct kern_cgroup_hierarchies own = { 0 }, target = { 0 };
	int ret = kern_cgroup_hierarchies_of(attach->pid, &target, err) || kern_cgroup_hierarchies_list(&own, err);

	/* What was read by the number was the target's if that has not been reaped since. */
	if (!ret)
		ret = attach_check(attach, err);
	if (!ret && !target.count)
		ret = attach_fail_plain(err, "failed to get cgroup path");
	for (size_t i = 0; !ret && i < target.count; i++)
		if (!is_there(&own, &target.items[i]))
			ret = join_group(&target.items[i], err);
	kern_cgroup_hierarchies_free(&target);
	kern_cgroup_hierarchies_free(&own);
	return ret ? -1 : 0;
}

static int join_failed(const struct run_attach *attach, size_t kind, struct err *err)
{
	int errnum = errno;

	attach_fail(err, "reassociate to namespace 'ns/%s' failed", kern_ns_kinds[kind].proc_name);
	if (errnum == EPERM)
		err_hint(err, "setns %s%s: joining needs CAP_SYS_ADMIN in the user namespace that owns it: join that "
			      "one too (-U), or be its owner",
			 kern_ns_kinds[kind].name, attach->pid ? " of the target" : "");
	else if (errnum == EINVAL && kern_ns_kinds[kind].flag == CLONE_NEWUSER)
		err_hint(err, "it is our own user namespace already");
	else if (errnum == EINVAL)
		err_hint(err, "the file is no namespace of that kind");
	return -1;
}

/* While our own /proc is still the one we see. */
static int open_files(struct run_attach *attach, struct err *err)
{
	char name[32];

	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		struct run_attach_ns *ns = &attach->ns[i];

		snprintf(name, sizeof(name), "ns/%s", kern_ns_kinds[i].proc_name);
		if (ns->given && ns->fd < 0 && (ns->fd = attach_open_file(attach, name, O_RDONLY, err)) < 0)
			return -1;
	}
	return 0;
}

/* Each by a file of its own: what the one call refused is tried, and told, one by one. */
static int join_files(struct run_attach *attach, int flags, bool report, struct err *err)
{
	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		struct run_attach_ns *ns = &attach->ns[i];

		if (!(flags & kern_ns_kinds[i].flag) || !ns->given)
			continue;
		if (setns(ns->fd, kern_ns_kinds[i].flag) == 0) {
			close_keep_errno(take_fd(&ns->fd));
			ns->given = false;
		} else if (report) {
			return join_failed(attach, i, err);
		}
	}
	return 0;
}

static bool has_files(const struct run_attach *attach)
{
	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (attach->ns[i].given && attach->ns[i].fd >= 0)
			return true;
	return false;
}

/*
 * All at once through the pidfd where the kernel can (Linux 5.8). Else one by
 * one, the user namespace last: so a privileged caller keeps what it may. What
 * that refused comes again behind the user namespace, which gives the right to
 * join the others to who is not privileged.
 */
static int join_namespaces(struct run_attach *attach, struct err *err)
{
	int flags = attach->flags;

	if (!flags)
		return 0;
	if (attach->pidfd >= 0 && !has_files(attach) && setns(attach->pidfd, flags) == 0)
		return 0;
	if (open_files(attach, err))
		return -1;
	/* From here on attach->ns says what is still to be done. */
	join_files(attach, flags & ~CLONE_NEWUSER, false, err);
	return join_files(attach, flags, true, err);
}

static int change_root(const struct run_attach *attach, struct err *err)
{
	auto_close int here = -1;

	if (!attach->root.given)
		return 0;
	if (!attach->wd.given && !attach->wdns) {
		here = open(".", O_PATH | O_CLOEXEC);
		if (here < 0)
			return attach_fail(err, "cannot open current working directory");
	}
	if (fchdir(attach->root.fd))
		return attach_fail(err, "change directory by root file descriptor failed");
	if (chroot("."))
		return attach_fail(err, "chroot failed");
	if (here >= 0 && fchdir(here))
		return attach_fail(err, "change directory by working directory file descriptor failed");
	return 0;
}

static int change_directory(const struct run_attach *attach, struct err *err)
{
	auto_close int opened = -1;
	int fd = attach->wd.given ? attach->wd.fd : -1;

	if (attach->wdns) {
		fd = opened = open(attach->wdns, O_PATH | O_CLOEXEC);
		if (fd < 0)
			return attach_fail(err, "cannot open current working directory");
	}
	if (fd >= 0 && fchdir(fd))
		return attach_fail(err, "change directory by working directory file descriptor failed");
	return 0;
}

/* The entries stay where they were read: attach owns them until execve. */
static int take_environment(const struct run_attach *attach, struct err *err)
{
	char *end = attach->variables + attach->variables_size;

	if (!attach->environment)
		return 0;
	clearenv();
	for (char *entry = attach->variables; entry < end; entry += strlen(entry) + 1)
		if (strchr(entry, '=') > entry && putenv(entry))
			return attach_fail(err, "failed to set environment variables");
	return 0;
}

int run_attach_enter(struct run_attach *attach, struct err *err)
{
	if (attach->join_cgroup && attach_cgroup(attach, err))
		return -1;
	/* Before, while it is allowed for sure: in the user namespace it may be denied (user_namespaces(7)). */
	if (attach->flags & CLONE_NEWUSER && !attach->preserve_credentials)
		attach->groups_dropped = syscall(SYS_setgroups, 0, NULL) == 0;
	if (join_namespaces(attach, err) || change_root(attach, err) || change_directory(attach, err))
		return -1;
	return take_environment(attach, err);
}
