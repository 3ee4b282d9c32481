/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cred.h"

/*
 * System calls, not libc's functions: those signal other threads, of which
 * there are none, and setgroups() there takes time to find that out.
 */
static int set_groups(const struct kern_cred *cred, struct err *err)
{
	if (syscall(SYS_setgroups, cred->group_count, cred->groups) < 0) {
		err_system(err, "setgroups", "%zu groups", cred->group_count);
		if (err->errnum == EPERM)
			err_hint(err, "setgroups is denied in a user namespace whose gid map an unprivileged "
				      "process wrote (user_namespaces(7))");
		if (err->errnum == EINVAL)
			err_hint(err, "a group is not mapped in this user namespace");
		return -1;
	}
	if ((size_t)syscall(SYS_getgroups, 0, NULL) != cred->group_count)
		return err_set(err, ERR_SYSTEM, "setgroups", "the kernel did not take the groups");
	return 0;
}

static int hint_unmapped(struct err *err, const char *what)
{
	if (err->errnum == EINVAL)
		err_hint(err, "the %s is not mapped in this user namespace", what);
	return -1;
}

static bool has_gid(gid_t gid)
{
	gid_t real, effective, saved;

	return syscall(SYS_getresgid, &real, &effective, &saved) == 0 && real == gid && effective == gid &&
	       saved == gid;
}

static int set_gid(gid_t gid, struct err *err)
{
	if (syscall(SYS_setresgid, gid, gid, gid) < 0) {
		err_system(err, "setresgid", "gid %u", gid);
		return hint_unmapped(err, "gid");
	}
	if (!has_gid(gid))
		return err_set(err, ERR_SYSTEM, "setresgid", "the gid did not change to %u", gid);
	return 0;
}

static bool has_uid(uid_t uid)
{
	uid_t real, effective, saved;

	return syscall(SYS_getresuid, &real, &effective, &saved) == 0 && real == uid && effective == uid &&
	       saved == uid;
}

static int set_uid(uid_t uid, struct err *err)
{
	if (syscall(SYS_setresuid, uid, uid, uid) < 0) {
		err_system(err, "setresuid", "uid %u", uid);
		return hint_unmapped(err, "uid");
	}
	if (!has_uid(uid))
		return err_set(err, ERR_SYSTEM, "setresuid", "the uid did not change to %u", uid);
	return 0;
}

int kern_cred_set(const struct kern_cred *cred, struct err *err)
{
	if (cred->has_umask)
		umask((mode_t)cred->umask);
	if (!cred->keep_groups && set_groups(cred, err) < 0)
		return -1;
	/* Root as root is the usual case: nothing changes. */
	if (has_gid(cred->gid) && has_uid(cred->uid))
		return 0;
	if (set_gid(cred->gid, err) < 0 || set_uid(cred->uid, err) < 0)
		return -1;
	/* A change of ids sets it to fs.suid_dumpable, which the host may have set to 1. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_system(err, "prctl", "PR_SET_DUMPABLE");
	return 0;
}

int kern_cred_become_root(struct err *err)
{
	/* EINVAL: 0 is not mapped. setgroups: EPERM where it is denied, which the spec's user step deals
	 * with. */
	if (syscall(SYS_setresgid, 0, 0, 0) < 0 && errno != EINVAL)
		return err_system(err, "setresgid", "gid 0");
	if (syscall(SYS_setgroups, 0, NULL) < 0 && errno != EPERM)
		return err_system(err, "setgroups", "no groups");
	if (syscall(SYS_setresuid, 0, 0, 0) < 0 && errno != EINVAL)
		return err_system(err, "setresuid", "uid 0");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_system(err, "prctl", "PR_SET_DUMPABLE");
	return 0;
}
