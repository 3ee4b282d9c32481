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
	bool cloned_into;
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

static void child(const struct launch *launch, int report) __attribute__((noreturn));
static void child(const struct launch *launch, int report)
{
	struct err err = { 0 };
	ssize_t told;

	become(launch, &err);
	told = write(report, &err, sizeof(err));
	_exit(told == (ssize_t)sizeof(err) ? 125 : 126);
}

/* Kernels before 5.7, and what keeps clone3 from us: then it joins v2's group as it does v1's. */
static pid_t clone_into(struct launch *launch, int *pidfd)
{
	struct run_cgroup_place *v2 = run_cgroup_unified(launch->cgroup);
	pid_t pid = -1;

	launch->cloned_into = v2 && v2->group;
	if (launch->cloned_into)
		pid = run_clone(0, v2->group->fd, pidfd);
	if (pid >= 0)
		return pid;
	launch->cloned_into = false;
	return run_clone(0, -1, pidfd);
}

/* Its process, once it executes the command. */
static pid_t start(struct launch *launch, int *pidfd, struct err *err)
{
	struct err failure = { 0 };
	int report[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC))
		return err_system(err, "pipe2", "the command's");
	pid = clone_into(launch, pidfd);
	if (pid == 0) {
		close(report[0]);
		child(launch, report[1]);
	}
	close_keep_errno(report[1]);
	if (pid < 0) {
		close_keep_errno(report[0]);
		return err_system(err, "clone", "the command's process");
	}
	/* The end of it is the execve. */
	do
		n = read(report[0], &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n != (ssize_t)sizeof(failure))
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*err = failure;
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
