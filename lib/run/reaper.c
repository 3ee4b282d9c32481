/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsinit.init: the container's first process only reaps orphans and passes
 * signals on; the program is its child. What it was told to be (user,
 * capabilities, no_new_privs) holds for the reaper too: the fork comes after.
 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/caps.h"
#include "kern/constants.h"
#include "plan/plan.h"
#include "run/clone.h"
#include "run/engine.h"
#include "run/perform.h"

/* Signals that mean the reaper itself, or a fault of its own. */
static const int kept[] = { SIGCHLD, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };

/* 0..2 stay for nobody: the program has its own. Everything else of ours is closed with them. */
static void close_all(void)
{
	close_range(0, ~0U, 0);
}

static void end_like(int status) __attribute__((noreturn));
static void end_like(int status)
{
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static void reap(pid_t program)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == program)
			end_like(status);
}

static void reaper(pid_t program, int death_signal) __attribute__((noreturn));
static void reaper(pid_t program, int death_signal)
{
	struct err err = { 0 };
	siginfo_t info;
	sigset_t all;
	int number;

	/* Until now it was SIGKILL: a container that runs on would die with the runtime. */
	if (prctl(PR_SET_PDEATHSIG, death_signal) || kern_caps_settle(&err))
		_exit(125);
	close_all();
	sigfillset(&all);
	for (size_t i = 1; i < ARRAY_SIZE(kept); i++)
		sigdelset(&all, kept[i]);
	for (;;) {
		reap(program);
		number = sigwaitinfo(&all, &info);
		/* A stop from the terminal reached the whole foreground group already. */
		if (number > 0 && number != SIGCHLD)
			kill(program, number);
	}
}

int perform_reaper(struct engine *engine, const struct step *step, struct err *err)
{
	sigset_t all, none;
	int pidfd = -1;
	pid_t program;

	(void)step;
	/* Blocked before the fork: a signal between fork and sigwaitinfo must not be lost on pid 1. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &none);
	program = run_clone(0, -1, &pidfd);
	if (program < 0)
		return err_system(err, "clone3", "the program below the reaper");
	if (program > 0)
		reaper(program, engine->death_signal);
	/* The signal asked for is for the first process; the program goes when that is gone. */
	engine->death_signal = SIGKILL;
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}
