/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "run/cgroup.h"
#include "run/cgroup_command.h"
#include "run/cgroup_make.h"
#include "run/clone.h"

/* How many directories were made at each place. */
struct made {
	unsigned created[RUN_CGROUP_PLACES_MAX];
};

/* Nothing of the caller's stays open: who reads its output must see the end of it. */
static int let_go(int pipe)
{
	sigset_t all;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "nscgroup-guard");
	if (chdir("/") != 0 || null < 0)
		return -1;
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		return -1;
	/* The pipe's number is above 2: nscgroup starts with those open. */
	close_range(3, (unsigned)pipe - 1, 0);
	close_range((unsigned)pipe + 1, ~0U, 0);
	return 0;
}

/* Until the last process is gone, however long that is. */
static void remove_places(const struct run_cgroup *cgroup, const struct made *made)
{
	for (size_t i = cgroup->count; i-- > 0;) {
		const struct run_cgroup_place *place = &cgroup->places[i];
		struct err err = { .errnum = ETIMEDOUT };

		while (made->created[i] && err.errnum == ETIMEDOUT) {
			err = (struct err){ 0 };
			kern_cgroup_delete(place->hierarchy->mountpoint, place->path, made->created[i] - 1,
					   INT_MAX / 2, &err);
		}
	}
}

static void guard_group(const struct run_cgroup *cgroup, int pipe) __attribute__((noreturn));
static void guard_group(const struct run_cgroup *cgroup, int pipe)
{
	struct made made = { { 0 } }, told;
	ssize_t n;

	if (let_go(pipe))
		_exit(1);
	while ((n = read(pipe, &told, sizeof(told))) != 0)
		if (n == (ssize_t)sizeof(told))
			made = told;
	remove_places(cgroup, &made);
	_exit(0);
}

int run_cgroup_guard_start(struct run_cgroup_guard *guard, const struct run_cgroup *cgroup, struct err *err)
{
	int ends[2], pidfd = -1;

	*guard = (struct run_cgroup_guard){ .pipe = -1 };
	if (pipe2(ends, O_CLOEXEC))
		return err_system(err, "pipe2", "the guard's");
	guard->pid = run_clone(0, -1, &pidfd);
	if (guard->pid == 0) {
		close(ends[1]);
		guard_group(cgroup, ends[0]);
	}
	close_keep_errno(ends[0]);
	close_keep_errno(pidfd);
	if (guard->pid < 0) {
		guard->pid = 0;
		close_keep_errno(ends[1]);
		return err_system(err, "clone", "the process that removes the group");
	}
	guard->pipe = ends[1];
	return 0;
}

int run_cgroup_guard_tell(const struct run_cgroup_guard *guard, const struct run_cgroup *cgroup,
			  struct err *err)
{
	struct made made = { { 0 } };

	for (size_t i = 0; i < cgroup->count; i++)
		made.created[i] = cgroup->places[i].group ? cgroup->places[i].group->created : 0;
	if (write(guard->pipe, &made, sizeof(made)) != (ssize_t)sizeof(made))
		return err_system(err, "write", "to the guard");
	return 0;
}

static int is_populated(const struct run_cgroup *cgroup, struct err *err)
{
	for (size_t i = cgroup->count; i-- > 0;) {
		int populated =
			cgroup->places[i].group ? kern_cgroup_is_populated(cgroup->places[i].group, err) : 0;

		if (populated)
			return populated;
	}
	return 0;
}

int run_cgroup_guard_end(struct run_cgroup_guard *guard, struct run_cgroup *cgroup, struct err *err)
{
	struct err failure = { 0 };
	int populated = is_populated(cgroup, &failure);

	if (!guard->pid)
		return 0;
	if (populated == 0 && run_cgroup_remove(cgroup, &failure) == 0) {
		kill(guard->pid, SIGKILL);
		while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
			;
	} else if (populated < 0) {
		*err = failure;
	}
	close_keep_errno(guard->pipe);
	*guard = (struct run_cgroup_guard){ .pipe = -1 };
	return err_is_set(err) ? -1 : 0;
}
