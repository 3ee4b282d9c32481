/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "run/signals.h"

static const int interrupting[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* A handler is the only way to let a signal end ppoll() without ending us. */
static volatile sig_atomic_t interrupted_by;

static void note(int number)
{
	interrupted_by = number;
}

void signals_block(sigset_t *caller)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(interrupting); i++)
		sigaddset(&set, interrupting[i]);
	sigprocmask(SIG_BLOCK, &set, caller);
}

void signals_restore(const sigset_t *caller)
{
	sigprocmask(SIG_SETMASK, caller, NULL);
}

/* Ignored signals (nohup, a shell's background job) stay ignored. */
static void set_handlers(struct sigaction *old)
{
	struct sigaction action = { .sa_handler = note };

	for (size_t i = 0; i < ARRAY_SIZE(interrupting); i++) {
		sigaction(interrupting[i], &action, &old[i]);
		if (old[i].sa_handler == SIG_IGN)
			sigaction(interrupting[i], &old[i], NULL);
	}
}

int signals_wait(int fd, const sigset_t *caller, struct err *err)
{
	struct sigaction old[ARRAY_SIZE(interrupting)];
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int n = poll(&pollfd, 1, 0);

	if (n != 0)
		return n < 0 && errno != EINTR ? err_system(err, "poll", "container") : 0;
	interrupted_by = 0;
	set_handlers(old);
	do
		n = ppoll(&pollfd, 1, NULL, caller);
	while (n < 0 && errno == EINTR && !interrupted_by);
	for (size_t i = 0; i < ARRAY_SIZE(interrupting); i++)
		sigaction(interrupting[i], &old[i], NULL);
	if (n < 0)
		return interrupted_by ? err_set(err, ERR_HELPER, "", "interrupted by SIG%s",
						sigabbrev_np(interrupted_by))
				      : err_system(err, "ppoll", "container");
	return 0;
}

void signals_reset(void)
{
	static const int defaults[] = { SIGPIPE, SIGCHLD, SIGINT, SIGQUIT, SIGTERM };
	sigset_t none;

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		signal(defaults[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
