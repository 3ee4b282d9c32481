/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ids, groups and capabilities of what was entered. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/caps.h"
#include "run/attach.h"
#include "run/attach_internal.h"

/* Looked at only now: the owner as the user namespace that was entered has it. */
static int follow(const struct run_attach *attach, struct run_attach_id *uid, struct run_attach_id *gid,
		  struct err *err)
{
	struct stat st;

	if (!uid->follow && !gid->follow)
		return 0;
	if (fstat(attach->process, &st))
		return attach_fail(err, "cannot stat /proc/%d", (int)attach->pid);
	if (uid->follow)
		uid->id = st.st_uid;
	if (gid->follow)
		gid->id = st.st_gid;
	return 0;
}

/* System calls, not libc's functions: those signal other threads, of which there are none. */
static int set_ids(const struct run_attach *attach, const struct run_attach_id *uid,
		   const struct run_attach_id *gid, struct err *err)
{
	bool all = attach->flags & CLONE_NEWUSER && !attach->preserve_credentials;

	if (all || gid->given) {
		if (syscall(SYS_setgroups, 0, NULL) < 0 && !attach->groups_dropped) {
			attach_fail(err, "setgroups failed");
			return err->errnum == EPERM ? err_hint(err, "it is denied in this user namespace: "
								    "--preserve-credentials leaves ids alone")
						    : -1;
		}
		if (syscall(SYS_setgid, gid->id) < 0)
			return attach_fail(err, "setgid failed");
	}
	if ((all || uid->given) && syscall(SYS_setuid, uid->id) < 0)
		return attach_fail(err, "setuid failed");
	/* A change of ids sets it to fs.suid_dumpable, which the host may have set to 1. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return attach_fail(err, "prctl(PR_SET_DUMPABLE) failed");
	return 0;
}

static int keep_capabilities(const struct run_attach *attach, struct err *err)
{
	struct err refused = { 0 };

	if (!attach->keep_caps || !(attach->flags & CLONE_NEWUSER) || kern_caps_hand_on(&refused) == 0)
		return 0;
	errno = refused.errnum;
	return attach_fail(err, "%s failed", !strcmp(refused.op, "prctl") ? "prctl(PR_CAP_AMBIENT)" : refused.op);
}

int run_attach_become(struct run_attach *attach, struct err *err)
{
	struct run_attach_id uid = attach->uid, gid = attach->gid;

	if (follow(attach, &uid, &gid, err) || set_ids(attach, &uid, &gid, err))
		return -1;
	return keep_capabilities(attach, err);
}
