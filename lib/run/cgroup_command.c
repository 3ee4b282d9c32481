/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* In the child: nothing is allocated. */
static int become(struct run_cgroup *cgroup, bool cloned_into, char *const *args, struct err *err)
{
	const char *const *env = (const char *const *)environ;
	char path[PATH_MAX];

	for (size_t i = 0; i < cgroup->count; i++) {
		struct kern_cgroup *group = cgroup->places[i].group;

		if (group && !(group->v2 && cloned_into) && kern_cgroup_attach(group, 0, err))
			return -1;
	}
	if (kern_exec_find(args[0], env, path, err)) {
		/* It speaks of a container. */
		err->hint[0] = '\0';
		return err->errnum == ENOENT ? err_hint(err, "there is no such program in PATH") : -1;
	}
	return kern_exec(path, (const char *const *)args, env, err);
}

static void child(struct run_cgroup *cgroup, bool cloned_into, char *const *args, int report)
	__attribute__((noreturn));
static void child(struct run_cgroup *cgroup, bool cloned_into, char *const *args, int report)
{
	struct err err = { 0 };
	ssize_t told;

	become(cgroup, cloned_into, args, &err);
	told = write(report, &err, sizeof(err));
	_exit(told == (ssize_t)sizeof(err) ? 125 : 126);
}

/* Kernels before 5.7, and what keeps clone3 from us: then it joins v2's group as it does v1's. */
static pid_t clone_into(struct run_cgroup *cgroup, bool *cloned_into, int *pidfd)
{
	struct run_cgroup_place *v2 = run_cgroup_unified(cgroup);
	pid_t pid = -1;

	*cloned_into = v2 && v2->group;
	if (*cloned_into)
		pid = run_clone(0, v2->group->fd, pidfd);
	if (pid >= 0)
		return pid;
	*cloned_into = false;
	return run_clone(0, -1, pidfd);
}

int run_cgroup_command(struct run_cgroup *cgroup, char *const *args, int *status, struct err *err)
{
	auto_close int pidfd = -1;
	struct err failure = { 0 };
	bool cloned_into;
	int report[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC))
		return err_system(err, "pipe2", "the command's");
	pid = clone_into(cgroup, &cloned_into, &pidfd);
	if (pid == 0) {
		close(report[0]);
		child(cgroup, cloned_into, args, report[1]);
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
	if (n == (ssize_t)sizeof(failure)) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		*err = failure;
		return -1;
	}
	return relay_run(&(struct relay){ .pid = pid, .pidfd = pidfd, .master = -1 }, status, err);
}
