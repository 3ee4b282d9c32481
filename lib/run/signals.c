/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "run/signals.h"

/* Faults, stops by the terminal and a closed pipe are ours; everything else is meant for what we start. */
static const int not_passed_on[] = { SIGSEGV, SIGBUS,  SIGFPE,	SIGILL, SIGTRAP, SIGABRT, SIGSYS,
				     SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE };

void signals_passed_on(sigset_t *set)
{
	sigfillset(set);
	for (size_t i = 0; i < ARRAY_SIZE(not_passed_on); i++)
		sigdelset(set, not_passed_on[i]);
}

static void interrupting(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGQUIT);
}

void signals_block(struct signals *signals)
{
	sigset_t set;

	signals_passed_on(&set);
	sigprocmask(SIG_BLOCK, &set, &signals->caller);
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL }, &signals->child);
}

void signals_restore(struct signals *signals)
{
	if (signals->fd > 0)
		close_keep_errno(signals->fd);
	signals->fd = 0;
	sigaction(SIGCHLD, &signals->child, NULL);
	sigprocmask(SIG_SETMASK, &signals->caller, NULL);
}

bool signals_is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* The number of a signal that came, or 0. */
static int next_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info) || signals_is_ignored((int)info.ssi_signo))
		return 0;
	return (int)info.ssi_signo;
}

int signals_open(struct signals *signals, struct err *err)
{
	sigset_t set;

	interrupting(&set);
	if (signals->fd <= 0 || signals->is_relay)
		signals->fd = signalfd(signals->fd > 0 ? signals->fd : -1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	signals->is_relay = false;
	return signals->fd < 0 ? err_system(err, "signalfd", "container") : signals->fd;
}

int signals_take(struct signals *signals, struct err *err)
{
	int number = next_signal(signals->fd);

	return number ? err_set(err, ERR_HELPER, "", "interrupted by SIG%s", sigabbrev_np(number)) : 0;
}

int signals_wait(struct signals *signals, int fd, struct err *err)
{
	struct pollfd fds[2] = { { fd, POLLIN, 0 }, { signals_open(signals, err), POLLIN, 0 } };

	if (fds[1].fd < 0)
		return -1;
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return err_system(err, "poll", "container");
		if (fds[0].revents)
			return 0;
		if (fds[1].revents && signals_take(signals, err))
			return -1;
	}
}

void signals_reset(const struct signals *signals)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		if (signals->ignored >> (number - 1) & 1)
			signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void end_by(int number)
{
	_exit(128 + number);
}

void signals_obey(bool obey)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		signal(ending[i], obey ? end_by : SIG_DFL);
}
