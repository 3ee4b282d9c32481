/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --like-init of a process that nsinit knows nothing of: what the kernel tells of it. */
#include "base/err.h"
#include "common/option.h"
#include "kern/seccomp_read.h"
#include "run/attach.h"
#include "run/attach_like.h"
#include "nsenter/full.h"
#include "nsenter/nsenter.h"

static int become(struct nsenter *nsenter, struct err *err)
{
	return run_attach_like_become(&nsenter->attach, nsenter->like, err);
}

int nsenter_like_process(struct nsenter *nsenter, struct err *err)
{
	static struct run_attach_like like; /* until execve, or the end */
	struct run_attach *attach = &nsenter->attach;

	like.own_capabilities = nsenter->elevated.capabilities;
	like.own_label = nsenter->elevated.label;
	attach->join_cgroup = !nsenter->elevated.cgroup;
	/* With --clear-env the variables to keep are ours. */
	attach->environment = !nsenter->clear_env;
	nsenter->like = &like;
	nsenter->become = become;
	return run_attach_like_read(attach, &like, err);
}
