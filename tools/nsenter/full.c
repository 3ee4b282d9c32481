/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsenter-main: containers by id, and what else the small program leaves to this one. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/option.h"
#include "kern/fd.h"
#include "kern/process.h"
#include "kern/seccomp_read.h"
#include "kern/self.h"
#include "kern/terminal.h"
#include "run/attach.h"
#include "run/attach_like.h"
#include "run/attach_more.h"
#include "run/run.h"
#include "state/state.h"
#include "nsenter/full.h"
#include "nsenter/nsenter.h"

/* What cannot be a PID is an id. So to scripts that give a wrong PID it is still that, in the same words. */
static int find_container(struct nsenter *nsenter, const struct run_context *context, struct err *err)
{
	struct err failure = { 0 };

	if (!nsenter->container ||
	    (context->root_path && !run_attach_container(&nsenter->attach, context, nsenter->container, &failure)))
		return 0;
	if (context->root_path && failure.kind != ERR_NOT_FOUND && failure.kind != ERR_USAGE) {
		*err = failure;
		return -1;
	}
	err_set(err, ERR_USAGE, "", "failed to parse pid: '%s'", nsenter->container);
	if (!context->root_path)
		return err_hint(err, "nor may it be a container: XDG_RUNTIME_DIR is not set, --state-root not given");
	return err_hint(err, "nor is there a container of that id in %s", context->root_path);
}

static bool names_namespaces(const struct run_attach *attach)
{
	for (int i = 0; i < RUN_ATTACH_NS_COUNT; i++)
		if (attach->ns[i].given)
			return true;
	return attach->all || attach->net_socket || attach->user_parent;
}

/* Of a container, without any namespace named: all that are not ours. */
static int choose_namespaces(struct run_attach *attach, struct err *err)
{
	struct run_attach_pair pairs[RUN_ATTACH_NS_COUNT];

	if (names_namespaces(attach))
		return 0;
	if (run_attach_compare(attach, pairs, err))
		return -1;
	for (int i = 0; i < RUN_ATTACH_NS_COUNT; i++)
		attach->ns[i].given = pairs[i].own != pairs[i].target;
	return 0;
}

/* The program's terminal is not ours where it runs in a container, which is not to be trusted (TIOCSTI). */
static int outside(struct nsenter *nsenter, int *status, struct err *err)
{
	int forked = 0;

	if (nsenter->pty)
		forked = run_attach_terminal(&nsenter->attach, nsenter->pty_log, &nsenter->terminal, status, err);
	/* Of the program, not of who relays its terminal. */
	if (!forked && nsenter->like && run_attach_like_limit(nsenter->like, err))
		return -1;
	return forked;
}

static int inside(struct nsenter *nsenter, struct err *err)
{
	if (nsenter->terminal >= 0 && (kern_process_session(err) || kern_terminal_take(nsenter->terminal, err)))
		return -1;
	return nsenter->remount ? run_attach_remount(err) : 0;
}

/* What the caller left open may lead a container out; util-linux's passes it on, so for a PID we do too. */
static int choose_fds(const struct nsenter *nsenter, struct err *err)
{
	if (!nsenter->container && !nsenter->like_init && !nsenter->preserve_fds)
		return 0;
	/* Ours are close-on-exec, the caller's cannot be. */
	for (unsigned i = 0; i < nsenter->preserve_fds && i < KERN_FD_PRESERVED_MAX; i++)
		if (fcntl(3 + (int)i, F_GETFD) != 0) {
			err_set(err, ERR_USAGE, "--preserve-fds", "it is not open");
			return err_object(err, "descriptor %u", 3 + i);
		}
	return kern_fd_inherit(nsenter->preserve_fds, err);
}

static int perform(struct nsenter *nsenter, char **argv, const struct run_context *context, int *status,
		   struct err *err)
{
	if (nsenter->list)
		return nsenter_list(nsenter, err);
	if (nsenter->like_init && nsenter_like_check(nsenter, err))
		return -1;
	if (choose_fds(nsenter, err))
		return -1;
	if (nsenter->pty_log || ((nsenter->container || nsenter->like_init) && isatty(STDIN_FILENO)))
		nsenter->pty = true;
	if (nsenter->like_init && nsenter->container)
		return nsenter_like_init(nsenter, context, status, err);
	if ((nsenter->container || nsenter->like_init) && choose_namespaces(&nsenter->attach, err))
		return -1;
	if (nsenter->like_init && nsenter_like_process(nsenter, err))
		return -1;
	nsenter->outside = outside;
	nsenter->inside = inside;
	return nsenter_enter(nsenter, argv, status, err);
}

int nsenter_full(struct nsenter *nsenter, char **argv, int *status, struct err *err)
{
	/* Where containers are is asked for one alone: a user may have no such place. */
	struct err nowhere = { 0 };
	auto_free char *root_default =
		nsenter->container && !nsenter->state_root ? state_root_default(&nowhere) : NULL;
	struct run_context context = { .root_path = nsenter->state_root ? nsenter->state_root : root_default,
				       .rootless = geteuid() != 0 };

	if ((!nsenter->list && kern_self_protect(argv, err)) || find_container(nsenter, &context, err))
		return -1;
	return perform(nsenter, argv, &context, status, err);
}
