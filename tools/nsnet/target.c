/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TARGET to a descriptor: what has a name or a number is looked up once, and never again. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/memory.h"
#include "common/command.h"
#include "kern/link_make.h"
#include "kern/netns.h"
#include "kern/nl.h"
#include "kern/ns.h"
#include "run/find.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "run/run.h"
#include "state/state.h"

#define NEW "new:"
#define LOOPBACK_IFINDEX 1 /* in every namespace */

static int open_found(struct nsnet_target *target, const struct run_found *found, struct err *err)
{
	target->pid = found->pid;
	target->run.netns = kern_ns_open_pid(found->proc, CLONE_NEWNET, err);
	return target->run.netns < 0 ? err_hint(err, "of process %d", (int)found->pid) : 0;
}

static int open_pid(struct nsnet_target *target, const char *text, struct err *err)
{
	struct run_found found = RUN_FOUND_NONE;
	int ret = run_find_process(text, &found, err) || open_found(target, &found, err) ? -1 : 0;

	run_found_close(&found);
	if (ret && err->kind == ERR_NOT_FOUND)
		err_hint(err, "a number is a PID; a container of that name is reached by the PID of its process");
	return ret;
}

/* Without it a namespace does not even reach its own addresses. */
static int raise_loopback(int netns, struct err *err)
{
	struct kern_nl *nl = kern_nl_open_in(netns, err);
	int ret = nl ? kern_link_change(nl, LOOPBACK_IFINDEX, &(struct kern_link_change){ .up = true }, "lo", err) : -1;

	kern_nl_close(nl);
	return ret;
}

static int open_new(struct nsnet_target *target, const char *name, unsigned flags, struct err *err)
{
	struct err absent = { 0 };

	if (!(flags & NSNET_TARGET_NEW)) {
		err_set(err, ERR_USAGE, "", "this command makes no namespace: new: is for add, move and apply");
		return err_object(err, NEW "%s", name);
	}
	target->run.netns = kern_netns_open(name, &absent);
	if (target->run.netns >= 0)
		return 0;
	if (absent.errnum != ENOENT) {
		*err = absent;
		return -1;
	}
	target->run.netns = kern_netns_create(name, err);
	target->created = target->run.netns >= 0;
	if (target->created && raise_loopback(target->run.netns, err) == 0)
		return 0;
	nsnet_target_discard(target);
	return -1;
}

static int name_container(struct nsnet_target *target, const char *root, struct err *err)
{
	auto_close int dir = state_root_open(root, false, err);
	char owner[STATE_OWNER_MAX];

	if (dir < 0)
		return -1;
	target->container = target->run.container = true;
	target->owner = memory_strdup(state_owner(dir, target->name, owner));
	return 1;
}

/* 1: there is such a container, and the target is filled in; 0: none; -1 with err. */
static int open_container(const struct nsnet *nsnet, const char *name, unsigned flags,
			  struct nsnet_target *target, struct err *err)
{
	auto_free char *root = nsnet->root ? memory_strdup(nsnet->root) : state_root_default(err);
	struct run_context context = { .root_path = root };
	struct run_found found = RUN_FOUND_NONE;
	struct err failure = { 0 };
	int ret;

	if (!root)
		return -1;
	ret = run_find_container(&context, name, &found, &failure);
	if (ret == 0)
		ret = open_found(target, &found, err);
	else if (failure.kind == ERR_STATE && (flags & NSNET_TARGET_GONE))
		ret = 0; /* what is recorded of it is there still */
	else if (failure.kind == ERR_NOT_FOUND)
		ret = 1;
	else
		*err = failure;
	run_found_close(&found);
	if (ret)
		return ret < 0 ? -1 : 0;
	return name_container(target, root, err);
}

/* A container, or else a name in /run/netns. */
static int open_named(struct command_call *call, const char *name, unsigned flags, struct nsnet_target *target,
		      struct err *err)
{
	struct err not_id = { 0 }, absent = { 0 };
	int found = state_id_check(name, &not_id) ? 0 : open_container(call->globals, name, flags, target, err);

	if (found)
		return found < 0 ? -1 : 0;
	target->run.netns = kern_netns_open(name, &absent);
	if (target->run.netns >= 0)
		return 0;
	err_set(err, ERR_NOT_FOUND, "", "no such container, and no namespace of that name in " KERN_NETNS_DIR);
	err_object(err, "%s", name);
	return err_hint(err, "TARGET is a container's id, a PID, a namespace file with a \"/\", or new:NAME");
}

static int open_any(struct command_call *call, const char *name, unsigned flags, struct nsnet_target *target,
		    struct err *err)
{
	if (!*name)
		return err_set(err, ERR_USAGE, "", "TARGET is empty");
	if (strspn(name, "0123456789") == strlen(name))
		return open_pid(target, name, err);
	if (strncmp(name, NEW, strlen(NEW)) == 0)
		return open_new(target, name + strlen(NEW), flags, err);
	if (!strchr(name, '/'))
		return open_named(call, name, flags, target, err);
	target->run.netns = kern_ns_open(name, CLONE_NEWNET, err);
	return target->run.netns < 0 ? -1 : 0;
}

static int name_owner(struct nsnet_target *target, struct err *err)
{
	char owner[RUN_NET_OWNER_MAX];

	if (!target->container && run_net_owner(target->run.netns, owner, sizeof(owner), err))
		return -1;
	if (!target->container)
		target->owner = memory_strdup(owner);
	target->run.owner = target->owner;
	return 0;
}

int nsnet_target_open(struct command_call *call, const char *name, unsigned flags, struct nsnet_target *target,
		      struct err *err)
{
	*target = (struct nsnet_target){ .run = { .netns = -1 }, .name = memory_strdup(name) };
	if (open_any(call, name, flags, target, err))
		return -1;
	if ((flags & NSNET_TARGET_PROCESS) || name_owner(target, err) == 0)
		return 0;
	nsnet_target_discard(target);
	return -1;
}

void nsnet_target_discard(struct nsnet_target *target)
{
	struct err failure = { 0 };

	if (target->created && kern_netns_delete(target->name + strlen(NEW), &failure))
		log_error(&failure);
	target->created = false;
}

void nsnet_target_close(struct nsnet_target *target)
{
	close_keep_errno(target->run.netns);
	free(target->owner);
	free(target->name);
	*target = (struct nsnet_target){ .run = { .netns = -1 } };
}
