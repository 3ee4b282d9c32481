/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clone step: from here on two processes walk the list. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/number.h"
#include "kern/cgroup/group.h"
#include "kern/constants.h"
#include "kern/ns.h"
#include "kern/pidfd.h"
#include "kern/process.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/channel.h"
#include "run/clone.h"
#include "run/engine.h"
#include "run/perform.h"
#include "run/signals.h"

/* Whose turn it is after the clone: that of the next step. */
static enum step_side next_turn(const struct engine *engine)
{
	return engine->next < engine->plan->count ? engine->plan->steps[engine->next].side : STEP_PARENT;
}

/* The host's /proc is still in place: its self names us as the runtime's pid namespace numbers us. */
static pid_t own_pid_on_host(void)
{
	char text[16] = "";
	int pid = 0;

	if (readlink("/proc/self", text, sizeof(text) - 1) > 0)
		number_int(text, &pid);
	return pid;
}

/* The joins behind a staged clone were the stage's: neither of the two that go on performs them. */
static void skip_stage(struct engine *engine, const struct step *clone)
{
	const struct plan *plan = engine->plan;

	while (clone->clone.stage && engine->next + 1 < plan->count &&
	       plan->steps[engine->next + 1].kind == STEP_NS_JOIN)
		engine->next++;
}

static void start_child(struct engine *engine, const struct step *step) __attribute__((noreturn));
static void start_child(struct engine *engine, const struct step *step)
{
	close_keep_errno(take_fd(&engine->channel));
	engine->channel = take_fd(&engine->child_channel);
	engine->side = STEP_CHILD;
	engine->pid = 0;
	close_keep_errno(take_fd(&engine->pidfd));
	/* Until start or exec: nothing of ours may outlive the runtime unnoticed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signals_reset(engine->signals);
	umask(0);
	if (engine->seccomp_socket >= 0)
		engine->host_pid = own_pid_on_host();
	skip_stage(engine, step);
	engine->next++;
	engine->turn = next_turn(engine);
	engine_child(engine);
}

/* Join the user namespace and what belongs to it, then clone a brother into the rest. */
static void run_stage(struct engine *engine, const struct step *step, int cgroup) __attribute__((noreturn));
static void run_stage(struct engine *engine, const struct step *step, int cgroup)
{
	const struct plan *plan = engine->plan;
	struct err err = { 0 };
	int pidfd = -1, ret = 0;
	pid_t pid = -1;

	engine->side = STEP_CHILD;
	/* exec joins it with all the others, through the pidfd of the container's process. */
	if (step->clone.user_ns)
		ret = kern_ns_join(engine->slots[step->clone.user_ns], CLONE_NEWUSER, &err);
	for (size_t i = engine->next + 1; !ret && i < plan->count && plan->steps[i].kind == STEP_NS_JOIN; i++)
		ret = perform_step(engine, &plan->steps[i], &err);
	if (!ret) {
		pid = run_clone(step->clone.flags | CLONE_PARENT, cgroup, &pidfd);
		if (pid == 0)
			start_child(engine, step);
		if (pid < 0)
			ret = err_system(&err, "clone3", "in the joined user namespace");
		else
			ret = channel_send_fd(engine->child_channel, CHANNEL_PID, pidfd, &err);
	}
	if (ret) {
		err_step(&err, plan_step_name(step), step->where);
		channel_send_error(engine->child_channel, &err);
	}
	_exit(ret ? 125 : 0);
}

/* The stage has told which process it made. */
static int await_stage(struct engine *engine, struct err *err)
{
	pid_t stage = engine->pid;
	struct err failure = { 0 };
	int kind, fd = -1, status;

	kind = channel_receive(engine->channel, &fd, &failure, err);
	while (waitpid(stage, &status, 0) < 0 && errno == EINTR)
		;
	engine->pid = 0;
	close_keep_errno(take_fd(&engine->pidfd));
	if (kind == CHANNEL_ERROR) {
		*err = failure;
		return -1;
	}
	if (kind != CHANNEL_PID || fd < 0)
		return err_set(err, ERR_HELPER, "clone", "the stage process ended with status %#x", status);
	engine->pidfd = fd;
	engine->pid = kern_pidfd_pid(fd, err);
	return engine->pid < 0 ? -1 : 0;
}

/* Joined namespaces were entered for the clone only: go back, or hooks would run in them. */
static int leave_joined(struct engine *engine, struct err *err)
{
	for (int kind = 0; kind < SPEC_NS_COUNT; kind++) {
		if (engine->saved_ns[kind] < 0)
			continue;
		if (kern_ns_join(engine->saved_ns[kind], kern_ns_kinds[kind].flag, err))
			return -1;
		close_keep_errno(take_fd(&engine->saved_ns[kind]));
	}
	return 0;
}

/*
 * No clone3 (ENOSYS), no permission over a common ancestor (EACCES), an older
 * kernel (EINVAL): attached afterwards instead.
 */
static bool attach_may_help(int errnum)
{
	return errnum == ENOSYS || errnum == EACCES || errnum == EINVAL || errnum == E2BIG;
}

static int attach(const struct step_clone *clone, int cgroup, pid_t pid, struct err *err)
{
	struct kern_cgroup group = { .fd = cgroup, .mountpoint = clone->cgroup, .path = "", .v2 = true };

	return kern_cgroup_attach(&group, pid, err);
}

/* The clone, straight into the cgroup where that goes. 0 in both processes; engine->pid -1 with errno: it failed. */
static int clone_attached(struct engine *engine, const struct step_clone *clone, int cgroup, struct err *err)
{
	uint64_t flags = clone->stage ? 0 : clone->flags;
	/* An unprivileged parent may write the id maps of a dumpable process only; the child inherits it. */
	bool dumpable = clone->flags & CLONE_NEWUSER && geteuid() != 0;
	int errnum;

	if (dumpable && kern_process_dumpable(true, err))
		return -1;
	engine->pid = run_clone(flags, cgroup, &engine->pidfd);
	if (engine->pid < 0 && cgroup >= 0 && attach_may_help(errno)) {
		engine->pid = run_clone(flags, -1, &engine->pidfd);
		if (engine->pid > 0 && attach(clone, cgroup, engine->pid, err))
			return -1;
	}
	errnum = errno;
	if (dumpable && engine->pid != 0 && kern_process_dumpable(false, err))
		return -1;
	errno = errnum;
	return 0;
}

static int clone_failed(const struct step_clone *clone, struct err *err)
{
	int errnum = errno;

	if (clone->cgroup && (errnum == EBUSY || errnum == EOPNOTSUPP)) {
		err_system(err, "clone3", "into %s", clone->cgroup);
		return err_hint(err, "a cgroup with controllers enabled for its children, or a threaded one, takes "
				     "no processes itself");
	}
	err_system(err, "clone3", "new namespaces");
	if (errnum == ENOSPC)
		err_hint(err, "a limit of user.max_*_namespaces is reached, or namespaces are nested too deeply");
	else if (errnum == EPERM && clone->flags & CLONE_NEWUSER)
		err_hint(err, "this kernel may forbid user namespaces: see kernel.unprivileged_userns_clone, "
			      "user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns");
	else if (errnum == EPERM)
		err_hint(err, "new namespaces need root, or a user namespace (--userns)");
	return -1;
}

int engine_clone(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_clone *clone = &step->clone;
	auto_close int cgroup = -1;
	int ends[2];

	if (channel_pair(ends, err))
		return -1;
	engine->channel = ends[0];
	engine->child_channel = ends[1];
	if (clone->cgroup && (cgroup = open(clone->cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return err_system(err, "open", "%s", clone->cgroup);
	if (clone_attached(engine, clone, cgroup, err))
		return -1;
	if (engine->pid == 0 && clone->stage)
		run_stage(engine, step, cgroup);
	if (engine->pid == 0)
		start_child(engine, step);
	if (engine->pid < 0)
		return clone_failed(clone, err);
	/* While we hold the other end too, a stage that was killed would leave us waiting for ever. */
	close_keep_errno(take_fd(&engine->child_channel));
	if (clone->stage && await_stage(engine, err))
		return -1;
	skip_stage(engine, step);
	engine->turn = engine->next + 1 < engine->plan->count ? engine->plan->steps[engine->next + 1].side
							      : STEP_PARENT;
	return leave_joined(engine, err);
}
