/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/exec.h"
#include "run/cgroup.h"
#include "run/cgroup_command.h"
#include "run/clone.h"
#include "run/relay.h"
#include "run/signals.h"

/* What a command of ours has: the group, our arguments, and the signals as our caller left them. */
struct launch {
	struct run_cgroup *cgroup;
	char *const *args;
	struct signals signals;
	bool limits_memory, cloned_into;
	struct err failure; /* of the child */
};

/* In the child: nothing is allocated. */
static int become(const struct launch *launch, struct err *err)
{
	const char *const *env = (const char *const *)environ;
	char path[PATH_MAX];

	sigaction(SIGCHLD, &launch->signals.child, NULL);
	sigprocmask(SIG_SETMASK, &launch->signals.caller, NULL);
	for (size_t i = 0; i < launch->cgroup->count; i++) {
		struct kern_cgroup *group = launch->cgroup->places[i].group;

		if (group && !(group->v2 && launch->cloned_into) && kern_cgroup_attach(group, 0, err))
			return -1;
	}
	if (kern_exec_find(launch->args[0], env, path, err)) {
		/* It speaks of a container. */
		err->hint[0] = '\0';
		return err->errnum == ENOENT ? err_hint(err, "there is no such program in PATH") : -1;
	}
	return kern_exec(path, (const char *const *)launch->args, env, err);
}

/* Shared memory: the error is where our parent reads it. */
static int child(void *data)
{
	struct launch *launch = data;

	become(launch, &launch->failure);
	_exit(125);
}

static void child_apart(struct launch *launch, int report) __attribute__((noreturn));
static void child_apart(struct launch *launch, int report)
{
	ssize_t told;

	become(launch, &launch->failure);
	told = write(report, &launch->failure, sizeof(launch->failure));
	_exit(told == (ssize_t)sizeof(launch->failure) ? 125 : 126);
}

/* With a memory of its own, since the kernel may kill it for lack of that. The end of the pipe is the execve. */
static pid_t clone_apart(struct launch *launch, int cgroup, int *pidfd)
{
	int report[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC))
		return -1;
	pid = run_clone(0, cgroup, pidfd);
	if (pid == 0) {
		close(report[0]);
		child_apart(launch, report[1]);
	}
	close_keep_errno(report[1]);
	do
		n = pid < 0 ? 0 : read(report[0], &launch->failure, sizeof(launch->failure));
	while (n < 0 && errno == EINTR);
	close_keep_errno(report[0]);
	if (n != (ssize_t)sizeof(launch->failure))
		launch->failure = (struct err){ 0 };
	return pid;
}

static pid_t clone_at(struct launch *launch, int cgroup, int *pidfd)
{
	launch->cloned_into = cgroup >= 0;
	return launch->limits_memory ? clone_apart(launch, cgroup, pidfd)
				     : run_clone_shared(cgroup, pidfd, child, launch);
}

/* Has the group a limit of its own, which may be less than the few pages that an execve takes? */
static bool limits_memory(struct run_cgroup *cgroup)
{
	const struct run_cgroup_place *memory = run_cgroup_find(cgroup, "memory");
	const struct run_cgroup_place *v2 = run_cgroup_unified(cgroup);

	return (memory && memory->group) || (v2 && v2->group && faccessat(v2->group->fd, "memory.max", F_OK, 0) == 0);
}

/* Its process, once it executes the command. */
static pid_t start(struct launch *launch, int *pidfd, struct err *err)
{
	const struct run_cgroup_place *v2 = run_cgroup_unified(launch->cgroup);
	pid_t pid = -1;

	launch->limits_memory = limits_memory(launch->cgroup);
	if (v2 && v2->group)
		pid = clone_at(launch, v2->group->fd, pidfd);
	/* Kernels before 5.7, and what keeps clone3 from us: then it joins v2's group as it does v1's. */
	if (pid < 0)
		pid = clone_at(launch, -1, pidfd);
	if (pid < 0)
		return err_system(err, "clone", "the command's process");
	if (!err_is_set(&launch->failure))
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*err = launch->failure;
	return -1;
}

int run_cgroup_command(struct run_cgroup *cgroup, char *const *args, int *status, struct err *err)
{
	struct launch launch = { .cgroup = cgroup, .args = args };
	auto_close int pidfd = -1;
	pid_t pid;
	int ret;

	/* What comes from here on is the command's, or too late: the group is to be removed. */
	signals_block(&launch.signals);
	pid = start(&launch, &pidfd, err);
	if (pid < 0)
		return -1;
	ret = relay_run(
		&(struct relay){ .pid = pid, .pidfd = pidfd, .master = -1, .signals = &launch.signals },
		status, err);
	if (launch.signals.fd > 0)
		close_keep_errno(launch.signals.fd);
	return ret;
}
