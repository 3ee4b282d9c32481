/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program's attributes, last of all, on the child's side (some on the parent's: pid 0 is oneself). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "kern/caps.h"
#include "kern/cred.h"
#include "kern/exec.h"
#include "kern/fd.h"
#include "kern/home.h"
#include "kern/keyring.h"
#include "kern/landlock.h"
#include "kern/limits.h"
#include "kern/lsm.h"
#include "kern/path.h"
#include "kern/process.h"
#include "kern/sched.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/channel.h"
#include "run/engine.h"
#include "run/perform.h"
#include "run/signals.h"

static pid_t target(const struct engine *engine)
{
	return engine->side == STEP_PARENT ? engine->pid : 0;
}

static int compare(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What is in keep stays, and all up to the first of it as it is given; -1: none. */
static void close_above_but(int *keep, size_t count)
{
	unsigned from = (unsigned)keep[0] + 1;

	qsort(keep, count, sizeof(*keep), compare);
	for (size_t i = 0; i < count; i++) {
		if (keep[i] < (int)from)
			continue;
		if ((unsigned)keep[i] > from)
			syscall(SYS_close_range, from, (unsigned)keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	syscall(SYS_close_range, from, UINT_MAX, 0);
}

void perform_close_unneeded(struct engine *engine, bool keep_channel)
{
	int keep[] = { 2 + (int)engine->preserve_fds, engine->listener, engine->procfs,
		       engine->seccomp_socket,        log_descriptor(), keep_channel ? engine->channel : -1, -1 };

	for (size_t i = engine->next; i < engine->plan->count; i++)
		if (engine->plan->steps[i].kind == STEP_SECCOMP_LOAD)
			keep[ARRAY_SIZE(keep) - 1] = engine->slots[engine->plan->steps[i].seccomp.slot];
	close_above_but(keep, ARRAY_SIZE(keep));
	if (!keep_channel)
		engine->channel = -1;
	engine->state_root = engine->state_dir = engine->console = engine->terminal = -1;
	engine->root = engine->cgroup = -1;
}

int perform_wait_start(struct engine *engine, const struct step *step, struct err *err)
{
	(void)step;
	/*
	 * The wait may be long. What was inherited would be held so long too: the lock on the state directory,
	 * should the runtime have been killed, and what our caller passed without knowing.
	 */
	perform_close_unneeded(engine, false);
	do
		engine->channel = accept4(engine->listener, NULL, NULL, SOCK_CLOEXEC);
	while (engine->channel < 0 && errno == EINTR);
	if (engine->channel < 0)
		return err_system(err, "accept", "start.sock");
	close_keep_errno(take_fd(&engine->listener));
	signals_obey(false);
	return 0;
}

int perform_scheduler(struct engine *engine, const struct step *step, struct err *err)
{
	const struct spec_scheduler *s = step->scheduler;
	struct kern_sched sched = { .policy = s->policy,
				    .nice = s->nice,
				    .priority = s->priority,
				    .flags = s->flags,
				    .runtime = s->runtime,
				    .deadline = s->deadline,
				    .period = s->period };

	return kern_sched_set(target(engine), &sched, err);
}

int perform_io_priority(struct engine *engine, const struct step *step, struct err *err)
{
	return kern_sched_set_io(target(engine), step->io_priority->class, step->io_priority->priority, err);
}

int perform_memory_policy(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	return kern_sched_set_memory(step->memory_policy->mode, step->memory_policy->flags,
				     step->memory_policy->nodes, err);
}

int perform_affinity(struct engine *engine, const struct step *step, struct err *err)
{
	return kern_sched_set_affinity(target(engine), step->text, err);
}

int perform_keyring(struct engine *engine, const struct step *step, struct err *err)
{
	const char *label = step->keyring.selinux;
	int procfs = label ? perform_procfs(engine, err) : -1;

	if (label && (procfs < 0 || kern_lsm_set_keycreate(procfs, label, err)))
		return -1;
	return kern_keyring_join(step->keyring.name, err) || (label && kern_lsm_set_keycreate(procfs, NULL, err)) ? -1
														   : 0;
}

int perform_personality(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	return kern_process_personality((unsigned long)step->number, err);
}

int perform_limit(struct engine *engine, const struct step *step, struct err *err)
{
	if (step->limit.resource == RLIMIT_NOFILE)
		engine->files_raised = false;
	return kern_limits_set(0, step->limit.resource, step->limit.soft, step->limit.hard, err);
}

int perform_lsm_label(struct engine *engine, const struct step *step, struct err *err)
{
	int procfs = perform_procfs(engine, err);

	return procfs < 0 ? -1 : kern_lsm_set_exec(procfs, step->lsm.apparmor, step->lsm.selinux, err);
}

/* "/" is the container's by now. */
static int add_landlock_rules(const struct spec_landlock *landlock, int ruleset,
			      const struct kern_landlock *access, struct err *err)
{
	auto_close int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_system(err, "open", "/");
	for (size_t i = 0; i < landlock->rule_count; i++) {
		const struct spec_landlock_rule *rule = &landlock->rules[i];
		auto_close int fd = kern_path_open(root, rule->path, O_PATH, err);

		if (fd < 0 || kern_landlock_add_path(ruleset, fd, rule->access & access->fs, err))
			return -1;
	}
	for (size_t i = 0; i < landlock->port_count; i++)
		if (kern_landlock_add_port(ruleset, landlock->ports[i].port,
					   landlock->ports[i].access & access->net, err))
			return -1;
	return 0;
}

int perform_landlock(struct engine *engine, const struct step *step, struct err *err)
{
	const struct spec_landlock *landlock = step->landlock;
	struct kern_landlock access = { .fs = landlock->handled_fs,
					.net = landlock->handled_net,
					.scoped = landlock->scoped };
	auto_close int ruleset = kern_landlock_create(&access, landlock->best_effort, err);

	(void)engine;
	if (ruleset == -2)
		return 0;
	if (ruleset < 0 || add_landlock_rules(landlock, ruleset, &access, err))
		return -1;
	return kern_landlock_restrict(ruleset, err);
}

/*
 * As the user first: what root may not enter (a network file system), its owner may. Then as root, whose
 * capabilities are kept until the next step: images start a user's program in root's directories.
 */
int perform_chdir(struct engine *engine, const struct step *step, struct err *err)
{
	struct err refused = { 0 };

	if (kern_exec_chdir(step->text, &refused) == 0)
		return 0;
	if (refused.errnum == EACCES && kern_caps_raise(&refused) == 0)
		return kern_exec_chdir(step->text, err);
	*err = refused;
	if (err->errnum == ENOENT && engine->cwd_errnum) {
		err->hint[0] = '\0';
		err_hint(err, "the working directory must exist in the container, and could not be made: %s",
			 strerror(engine->cwd_errnum));
	}
	return -1;
}

int perform_find_program(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_find *find = &step->find;
	struct err missing = { 0 };
	int ret;

	/* A relative path counts from there. That it is missing is for start to say: it tries as the user too. */
	if (kern_exec_chdir(find->cwd, &missing))
		return 0;
	ret = kern_exec_find(find->args[0], find->env, engine->program, &missing);
	*engine->program = '\0';
	if (chdir("/"))
		return err_system(err, "chdir", "/");
	if (!ret || (find->denied_later && missing.errnum == EACCES))
		return 0;
	*err = missing;
	return -1;
}

int perform_home(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	(void)err;
	/* NOLINTNEXTLINE(misc-redundant-expression): they are the same, and are to stay so */
	_Static_assert(STEP_HOME_SIZE >= KERN_HOME_SIZE, "the plan's room is the kernel's");
	kern_home_find(step->home.uid, step->home.variable);
	*step->home.place = step->home.variable;
	return 0;
}

int perform_user(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_user *user = &step->user;
	struct kern_cred cred = { .uid = user->uid,
				  .gid = user->gid,
				  .groups = user->groups,
				  .group_count = user->group_count,
				  .keep_groups = user->keep_groups,
				  .has_umask = true,
				  .umask = user->has_umask ? user->umask : engine->caller_umask };

	if (user->uid != geteuid() && kern_caps_keep(err))
		return -1;
	return kern_cred_set(&cred, err);
}

int perform_capabilities(struct engine *engine, const struct step *step, struct err *err)
{
	const struct spec_capabilities *sets = &step->capabilities.sets;
	struct kern_caps caps = { .bounding = sets->bounding,
				  .effective = sets->effective,
				  .inheritable = sets->inheritable,
				  .permitted = sets->permitted,
				  .ambient = sets->ambient };

	(void)engine;
	return kern_caps_apply(&caps, err);
}

int perform_bounding(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	return kern_caps_bound(step->capabilities.sets.bounding, err);
}

int perform_no_new_privs(struct engine *engine, const struct step *step, struct err *err)
{
	(void)engine;
	(void)step;
	return kern_process_no_new_privs(err);
}

int perform_death_signal(struct engine *engine, const struct step *step, struct err *err)
{
	(void)err;
	/* Until commit it is SIGKILL, for the runtime's own death. */
	engine->death_signal = (int)step->number;
	return 0;
}

/* The descriptors 3.. that --preserve-fds and LISTEN_FDS promise. */
static int keep_preserved(const struct engine *engine, struct err *err)
{
	for (unsigned i = 0; i < engine->preserve_fds; i++)
		if (fcntl((int)(3 + i), F_SETFD, 0))
			return err_system(err, "fcntl", "preserved descriptor %u", 3 + i);
	return 0;
}

/* Many mounts needed many descriptors; the program gets the limit that our caller had. */
static int restore_files(uint64_t soft_before, struct err *err)
{
	uint64_t soft, hard;

	return kern_limits_get(0, RLIMIT_NOFILE, &soft, &hard, err) ||
			       kern_limits_set(0, RLIMIT_NOFILE, soft_before, hard, err)
		       ? -1
		       : 0;
}

int perform_exec(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_exec *exec = &step->exec;

	if (engine->files_raised && restore_files(engine->files_soft, err))
		return -1;
	if (!*engine->program && kern_exec_find(exec->args[0], exec->env, engine->program, err))
		return kern_lsm_explain_exec(engine->spec->process.selinux_label, err);
	if (engine->listen_pid)
		kern_fd_listen_pid(engine->listen_pid, getpid());
	/* With an early filter the parent was told before the ids changed, which takes the signal away
	 * (prctl(2)). */
	if (engine->committed && engine->death_signal && kern_process_death_signal(engine->death_signal, err))
		return -1;
	if (keep_preserved(engine, err) || engine_commit(engine, err))
		return -1;
	kern_exec(engine->program, exec->args, exec->env, err);
	return kern_lsm_explain_exec(engine->spec->process.selinux_label, err);
}
