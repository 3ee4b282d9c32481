/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "kern/pidfd.h"
#include "kern/process.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/channel.h"
#include "run/engine.h"
#include "run/perform.h"
#include "run/signals.h"

void engine_init(struct engine *engine)
{
	*engine = (struct engine){ .channel = -1, .child_channel = -1, .pidfd = -1, .state_root = -1,
				   .state_dir = -1, .listener = -1, .console = -1, .terminal = -1,
				   .seccomp_socket = -1, .root = -1, .procfs = -1, .cgroup = -1,
				   .container_pidfd = -1 };
}

int engine_allocate(struct engine *engine, const struct plan *plan, bool timing, struct err *err)
{
	void *shared;

	engine->plan = plan;
	engine->done = arena_array(engine->arena, plan->count, sizeof(*engine->done));
	engine->slots = arena_array(engine->arena, plan->slot_count + 1, sizeof(*engine->slots));
	for (unsigned i = 0; i <= plan->slot_count; i++)
		engine->slots[i] = -1;
	engine->saved_ns = arena_array(engine->arena, SPEC_NS_COUNT, sizeof(*engine->saved_ns));
	for (int i = 0; i < SPEC_NS_COUNT; i++)
		engine->saved_ns[i] = -1;
	if (!timing)
		return 0;
	shared = mmap(NULL, plan->count * sizeof(*engine->timing), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return err_system(err, "mmap", "--timing");
	engine->timing = shared;
	return 0;
}

void engine_close(struct engine *engine)
{
	int *const fds[] = { &engine->channel, &engine->child_channel, &engine->pidfd, &engine->listener,
			     &engine->console, &engine->terminal, &engine->seccomp_socket, &engine->root,
			     &engine->procfs, &engine->cgroup };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close_keep_errno(take_fd(fds[i]));
	for (unsigned i = 1; engine->slots && i <= engine->plan->slot_count; i++)
		close_keep_errno(take_fd(&engine->slots[i]));
	for (int i = 0; engine->saved_ns && i < SPEC_NS_COUNT; i++)
		close_keep_errno(take_fd(&engine->saved_ns[i]));
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* The other side went away without a word: say what became of it. */
static int report_death(struct engine *engine, struct err *err)
{
	int status = 0;

	if (engine->side == STEP_CHILD)
		return err_set(err, ERR_HELPER, "", "the runtime died");
	if (engine->pid <= 0 || waitpid(engine->pid, &status, 0) != engine->pid)
		return err_set(err, ERR_HELPER, "", "the container's process died while it was set up");
	engine->pid = 0;
	if (!WIFSIGNALED(status))
		return err_set(err, ERR_HELPER, "", "the container's process exited with %d while it was set up",
			       WEXITSTATUS(status));
	err_set(err, ERR_HELPER, "", "the container's process was killed by signal %d while it was set up",
		WTERMSIG(status));
	if (WTERMSIG(status) == SIGKILL && engine->spec->linux_.resources.memory.limit.given)
		err_hint(err, "the memory limit of %lld bytes may be too low to start in",
			 (long long)engine->spec->linux_.resources.memory.limit.value);
	return -1;
}

/* One message of the other side. Its kind, or -1 with err: its error, our interruption. */
static int next_message(struct engine *engine, struct err *err)
{
	struct err failure = { 0 };
	int kind, fd = -1;

	if (engine->side == STEP_PARENT && signals_wait(engine->signals, engine->channel, err))
		return -1;
	kind = channel_receive(engine->channel, &fd, &failure, err);
	if (kind == CHANNEL_ERROR) {
		close_keep_errno(fd);
		*err = failure;
		return -1;
	}
	if (kind == CHANNEL_FD) {
		close_keep_errno(engine->terminal);
		engine->terminal = fd;
		return next_message(engine, err);
	}
	close_keep_errno(fd);
	return kind;
}

/* Wait until the other side hands over. After the child's commit its silence is success. */
static int await_turn(struct engine *engine, struct err *err)
{
	int kind = next_message(engine, err);

	if (kind < 0)
		return -1;
	if (kind == CHANNEL_TURN && engine->plan->steps[engine->next - 1].kind == STEP_EXEC) {
		kind = next_message(engine, err);
		return kind < 0 ? -1 : 0;
	}
	return kind == CHANNEL_TURN ? 0 : report_death(engine, err);
}

int engine_commit(struct engine *engine, struct err *err)
{
	if (engine->committed)
		return 0;
	engine->committed = true;
	/* From here on the program may outlive the runtime, unless the spec says otherwise. */
	if (kern_process_death_signal(engine->death_signal, err))
		return -1;
	return channel_send(engine->channel, CHANNEL_TURN, err);
}

/* Is the child's next step to wait for `start`, whoever lives then? */
static bool waits_next(const struct engine *engine)
{
	for (size_t i = engine->next; i < engine->plan->count; i++)
		if (engine->plan->steps[i].side == STEP_CHILD)
			return engine->plan->steps[i].kind == STEP_WAIT_START && engine->request->detach_start;
	return false;
}

static int hand_over(struct engine *engine, struct err *err)
{
	bool ours = engine->turn == engine->side;

	struct err gone = { 0 };

	if (engine->side == STEP_CHILD && ours && waits_next(engine)) {
		signals_obey(true);
		if (kern_process_death_signal(0, err))
			return -1;
	}
	if (!ours)
		return await_turn(engine, err);
	if (channel_send(engine->channel, CHANNEL_TURN, &gone) == 0)
		return 0;
	/* It may have failed meanwhile and left its reason in the socket. */
	return next_message(engine, err) < 0 ? -1 : report_death(engine, err);
}

/* --debug: what is done next, by whom. The child itself has nowhere to tell it. */
static void tell(const struct engine *engine)
{
	const struct plan *plan = engine->plan;
	unsigned side = plan->steps[engine->next].side;

	for (size_t i = engine->next; engine->side == STEP_PARENT && i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->side != side)
			break;
		log_debug("%s: %s%s%s", side == STEP_PARENT ? "runtime" : "container", plan_step_name(step),
			  *step->where ? " " : "", step->where);
		if (side == STEP_PARENT)
			break;
	}
}

static int step_at_hand(struct engine *engine, const struct step *step, struct err *err)
{
	uint64_t start = engine->timing ? now() : 0;
	size_t index = engine->next; /* the clone may pass over steps */
	int ret = 0;

	if (FAULT_INJECTION)
		ret = engine_fault(engine, step, err);
	if (!ret)
		ret = perform_step(engine, step, err);
	if (engine->timing)
		engine->timing[index] = now() - start;
	if (ret) {
		err_step(err, plan_step_name(step), step->where);
		return *step->where && engine->spec ? err_where(err, engine->spec->file, NULL) : -1;
	}
	engine->done[index] = true;
	return 0;
}

int engine_walk(struct engine *engine, struct err *err)
{
	const struct plan *plan = engine->plan;

	for (; engine->next < plan->count; engine->next++) {
		const struct step *step = &plan->steps[engine->next];

		if (step->side == engine->side || step->side != engine->turn)
			tell(engine);
		if (step->side != engine->turn) {
			if (hand_over(engine, err))
				return -1;
			engine->turn = step->side;
		}
		if (step->side == engine->side && step_at_hand(engine, step, err))
			return -1;
		if (step->kind == STEP_WAIT_START && engine->side == STEP_PARENT &&
		    engine->request->detach_start)
			return 0;
	}
	/* The child's last step was the program's start: wait for the news of it. */
	if (engine->side == STEP_PARENT && engine->turn == STEP_CHILD && await_turn(engine, err))
		return -1;
	return 0;
}

static bool action_gives(enum spec_seccomp_action action, bool has_errno, uint32_t errno_ret, int errnum)
{
	return action == SPEC_SECCOMP_NOTIFY ||
	       (action == SPEC_SECCOMP_ERRNO && (has_errno ? errno_ret : EPERM) == (uint32_t)errnum);
}

/* Is this an errno of the filter's? ENOSYS is any filter's: for calls newer than libseccomp, and without a tracer. */
static bool filter_gives(const struct spec_seccomp *seccomp, int errnum)
{
	bool gives = errnum == ENOSYS || action_gives(seccomp->default_action, seccomp->has_default_errno,
						      seccomp->default_errno, errnum);

	for (size_t i = 0; !gives && i < seccomp->rule_count; i++)
		gives = action_gives(seccomp->rules[i].action, seccomp->rules[i].has_errno, seccomp->rules[i].errno_ret,
				     errnum);
	return gives;
}

/* Without noNewPrivileges the filter is loaded before the privileges go: it must allow what is still to be done. */
static void explain_filter(const struct engine *engine, struct err *err)
{
	for (size_t i = 0; i < engine->next && i < engine->plan->count; i++)
		if (engine->plan->steps[i].kind == STEP_SECCOMP_LOAD && err->kind == ERR_SYSTEM &&
		    filter_gives(engine->plan->steps[i].seccomp.seccomp, err->errnum)) {
			err->hint[0] = '\0';
			err_hint(err, "the seccomp filter is in place by now and may be what refuses this; with "
				      "process.noNewPrivileges it would come last");
		}
}

void engine_child(struct engine *engine)
{
	struct err err = { 0 };

	engine_walk(engine, &err);
	/* Reached on failure only: a plan's last child step does not return. */
	explain_filter(engine, &err);
	if (err_is_set(&err))
		channel_send_error(engine->channel, &err);
	_exit(125);
}

static bool is_network(const struct step *step)
{
	return step->kind == STEP_NETDEV_MOVE || step->kind == STEP_NET_INTERFACE ||
	       step->kind == STEP_NET_ROUTE || step->kind == STEP_NET_RULES;
}

static void undo_steps(struct engine *engine, bool with_child)
{
	for (size_t i = engine->plan->count; i-- > 0;) {
		const struct step *step = &engine->plan->steps[i];

		/* An interface goes back while the child's network namespace still stands. */
		if (step->side == STEP_PARENT && engine->done[i] && is_network(step) == with_child) {
			engine->done[i] = false;
			perform_undo(engine, step);
		}
	}
}

void engine_undo(struct engine *engine)
{
	undo_steps(engine, true);
	if (engine->pid > 0) {
		struct err gone = { 0 };

		kern_pidfd_signal(engine->pidfd, SIGKILL, &gone);
		while (waitpid(engine->pid, NULL, 0) < 0 && errno == EINTR)
			;
		engine->pid = 0;
	}
	undo_steps(engine, false);
}
