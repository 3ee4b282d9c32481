/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsenter-main: containers by id, and what else the small program leaves to this one. */
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/option.h"
#include "kern/self.h"
#include "run/attach.h"
#include "run/run.h"
#include "state/state.h"
#include "nsenter/full.h"
#include "nsenter/nsenter.h"

/* What cannot be a PID is an id. So to scripts that give a wrong PID it is still that, in the same words. */
static int find_container(struct nsenter *nsenter, const struct run_context *context, struct err *err)
{
	struct err failure = { 0 };

	if (!nsenter->container || run_attach_container(&nsenter->attach, context, nsenter->container, &failure) == 0)
		return 0;
	if (failure.kind != ERR_NOT_FOUND && failure.kind != ERR_USAGE) {
		*err = failure;
		return -1;
	}
	err_set(err, ERR_USAGE, "", "failed to parse pid: '%s'", nsenter->container);
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

static int perform(struct nsenter *nsenter, char **argv, const struct run_context *context, int *status,
		   struct err *err)
{
	if (nsenter->list)
		return nsenter_list(nsenter, err);
	if ((nsenter->container || nsenter->like_init) && choose_namespaces(&nsenter->attach, err))
		return -1;
	if (nsenter->like_init)
		return nsenter_like_init(nsenter, context, status, err);
	return nsenter_enter(nsenter, argv, status, err);
}

int nsenter_full(struct nsenter *nsenter, char **argv, int *status, struct err *err)
{
	auto_free char *root_default = nsenter->state_root ? NULL : state_root_default(err);
	struct run_context context = { .root_path = nsenter->state_root ? nsenter->state_root : root_default,
				       .rootless = geteuid() != 0 };

	if (!context.root_path || (!nsenter->list && kern_self_protect(argv, err)) ||
	    find_container(nsenter, &context, err))
		return -1;
	return perform(nsenter, argv, &context, status, err);
}
