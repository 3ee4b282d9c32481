/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What util-linux's nsenter does, in its order. */
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "common/option.h"
#include "kern/process.h"
#include "kern/self.h"
#include "run/attach.h"
#include "nsenter/nsenter.h"

/*
 * Can what we enter reach our own file, by /proc/PID/exe or as a script's
 * "#!/proc/self/exe" (CVE-2019-5736)? It takes processes of others who see us,
 * or a program that is not ours.
 */
static bool is_exposed(const struct nsenter *nsenter)
{
	const struct run_attach *attach = &nsenter->attach;

	return attach->all || attach->root.given || attach->ns[NSENTER_PID].given || attach->ns[NSENTER_MOUNT].given;
}

static int become_and_execute(struct nsenter *nsenter, struct err *err)
{
	if (nsenter->inside && nsenter->inside(nsenter, err))
		return -1;
	if (nsenter->become ? nsenter->become(nsenter, err) : run_attach_become(&nsenter->attach, err))
		return -1;
	return run_attach_execute(nsenter->program, err);
}

int nsenter_enter(struct nsenter *nsenter, char **argv, int *status, struct err *err)
{
	struct run_attach *attach = &nsenter->attach;
	int forked;

	if (is_exposed(nsenter) ? kern_self_protect(argv, err) : kern_process_dumpable(false, err))
		return -1;
	if (run_attach_open(attach, err))
		return -1;
	forked = nsenter->outside ? nsenter->outside(nsenter, status, err) : 0;
	if (forked)
		return forked < 0 ? -1 : 0;
	if (run_attach_enter(attach, err) || nsenter_environment(nsenter, err))
		return -1;
	forked = run_attach_fork(attach, status, err);
	if (forked)
		return forked < 0 ? -1 : 0;
	return become_and_execute(nsenter, err);
}

bool nsenter_is_full(const struct nsenter *nsenter)
{
	return nsenter->container || nsenter->list || nsenter->like_init || nsenter->pty || nsenter->pty_log ||
	       nsenter->remount || nsenter->preserve_fds;
}
