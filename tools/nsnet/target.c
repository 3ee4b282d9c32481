/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TARGET to a descriptor: what has a name or a number is looked up once, and never again. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/command.h"
#include "kern/link_make.h"
#include "kern/netns.h"
#include "kern/nl.h"
#include "kern/ns.h"
#include "kern/pidfd.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "run/run.h"
#include "state/state.h"

#define NEW "new:"
#define LOOPBACK_IFINDEX 1 /* in every namespace */

/* The network namespace of the process, by its /proc directory: a PID that is given to another is not followed. */
static int open_process(int pidfd, struct err *err)
{
	auto_close int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_close int dir = -1;

	if (proc < 0)
		return err_system(err, "open", "/proc");
	dir = kern_pidfd_proc(proc, pidfd, err);
	return dir < 0 ? -1 : kern_ns_open_pid(dir, CLONE_NEWNET, err);
}

static int open_pid(struct nsnet_target *target, const char *text, struct err *err)
{
	auto_close int pidfd = -1;
	int pid;

	if (number_int(text, &pid) || pid <= 0) {
		err_set(err, ERR_USAGE, "", "not a PID");
		return err_object(err, "%s", text);
	}
	pidfd = kern_pidfd_open(pid, err);
	if (pidfd < 0) {
		err_object(err, "%s", text);
		return err_hint(err,
				"a number is a PID; a container of that name is reached by the PID of its process");
	}
	target->pid = pid;
	target->run.netns = open_process(pidfd, err);
	return target->run.netns < 0 ? -1 : 0;
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
	struct arena *arena = arena_new();
	auto_free char *root = nsnet->root ? memory_strdup(nsnet->root) : state_root_default(err);
	struct run_context context = { .root_path = root };
	struct err absent = { 0 };
	struct state state = { 0 };
	auto_close int pidfd = -1;
	int ret = !root ? -1 : run_state(&context, name, arena, &state, &absent) == 0;

	if (ret == 0 && absent.kind != ERR_NOT_FOUND) {
		*err = absent;
		ret = -1;
	}
	if (ret == 1 && state.pid > 0)
		pidfd = kern_pidfd_open_started(state.pid, state.start_time, &absent);
	if (ret == 1 && pidfd >= 0) {
		target->pid = state.pid;
		target->run.netns = open_process(pidfd, err);
		ret = target->run.netns < 0 ? -1 : 1;
	} else if (ret == 1 && !(flags & NSNET_TARGET_GONE)) {
		err_set(err, ERR_STATE, "", "container not running");
		ret = err_object(err, "%s", name);
	}
	if (ret == 1)
		ret = name_container(target, root, err);
	arena_free(arena);
	return ret;
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
