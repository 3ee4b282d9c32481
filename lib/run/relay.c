/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/pidfd.h"
#include "kern/terminal.h"
#include "run/relay.h"
#include "run/signals.h"

/* One direction: what was read and not yet written. */
struct flow {
	int from, to;
	char data[8192];
	size_t start, end;
	bool is_input, is_mid_line;
	int log; /* 0: none */
};

enum { POLL_SIGNALS, POLL_PROCESS, POLL_IN_READ, POLL_IN_WRITE, POLL_OUT_READ, POLL_OUT_WRITE, POLL_COUNT };

struct session {
	const struct relay *relay;
	int signals, tty;
	struct termios saved;
	void (*closed_pipe)(int);
	struct flow in, out; /* stdin -> master, master -> stdout */
	bool ended;
};

/* Signals as a descriptor. They stay blocked: the caller restores its mask. */
static int open_signals(struct signals *signals, struct err *err)
{
	sigset_t set;
	int fd;

	signals_passed_on(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* Of one that is there already the set is changed. */
	fd = signalfd(signals->fd > 0 ? signals->fd : -1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_system(err, "signalfd", "signals to pass on");
	signals->is_relay = true;
	return signals->fd = fd;
}

/* A subreaper gets orphans: take their status so that they do not stay as zombies. The process itself is not taken. */
static void reap_orphans(pid_t process)
{
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid == 0 ||
		    info.si_pid == process)
			return;
		waitpid(info.si_pid, NULL, 0);
	}
}

static void pass_signals(struct session *session)
{
	struct signalfd_siginfo info;
	struct err gone = { 0 };

	while (read(session->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		int number = (int)info.ssi_signo;

		if (signals_is_ignored(number))
			continue;
		if (number == SIGCHLD)
			reap_orphans(session->relay->pid);
		else if (number == SIGWINCH && session->relay->master >= 0 && session->tty >= 0)
			kern_terminal_copy_size(session->tty, session->relay->master, &gone);
		else
			kern_pidfd_signal(session->relay->pidfd, number, &gone);
		gone = (struct err){ 0 };
	}
}

/*
 * A terminal has no end of file but a character (VEOF). Within a line that
 * only hands over what is there: a second one is the end.
 */
static void end_input(struct flow *flow)
{
	struct termios settings;
	bool known = tcgetattr(flow->to, &settings) == 0;

	flow->start = 0;
	flow->end = flow->is_mid_line ? 2 : 1;
	memset(flow->data, known ? settings.c_cc[VEOF] : 4, flow->end);
	flow->from = -1;
}

/* A log that cannot be written (its disk is full) must not stop the program. */
static void log_output(const struct flow *flow, size_t count)
{
	for (size_t done = 0; flow->log && done < count;) {
		ssize_t n = write(flow->log, flow->data + done, count - done);

		if (n < 0 && errno != EINTR)
			return;
		done += n > 0 ? (size_t)n : 0;
	}
}

static void fill(struct flow *flow)
{
	ssize_t n = read(flow->from, flow->data, sizeof(flow->data));

	if (n > 0) {
		flow->start = 0;
		flow->end = (size_t)n;
		flow->is_mid_line = flow->data[n - 1] != '\n';
		log_output(flow, (size_t)n);
	} else if (n == 0 && flow->is_input) {
		end_input(flow);
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		flow->from = -1; /* EIO of a master: the other side is closed */
	}
}

static void drain(struct flow *flow)
{
	ssize_t n = write(flow->to, flow->data + flow->start, flow->end - flow->start);

	if (n > 0)
		flow->start += (size_t)n;
	else if (n < 0 && errno != EINTR && errno != EAGAIN)
		flow->start = flow->end; /* nobody reads our output: the program must not hang on that */
}

static void set_up_poll(const struct session *session, struct pollfd *fds)
{
	const struct flow *flows[] = { &session->in, &session->out };

	fds[POLL_SIGNALS] = (struct pollfd){ session->signals, POLLIN, 0 };
	fds[POLL_PROCESS] = (struct pollfd){ session->ended ? -1 : session->relay->pidfd, POLLIN, 0 };
	for (int i = 0; i < 2; i++) {
		bool full = flows[i]->start < flows[i]->end;

		fds[POLL_IN_READ + 2 * i] = (struct pollfd){ full ? -1 : flows[i]->from, POLLIN, 0 };
		fds[POLL_IN_WRITE + 2 * i] = (struct pollfd){ full ? flows[i]->to : -1, POLLOUT, 0 };
	}
}

/* Is there output yet to come? After the process has ended the master is read until it says EIO. */
static bool is_over(const struct session *session)
{
	if (!session->ended)
		return false;
	return session->out.from < 0 && session->out.start == session->out.end;
}

static int relay_loop(struct session *session, struct err *err)
{
	struct pollfd fds[POLL_COUNT];

	while (!is_over(session)) {
		/* Something of the container may hold the terminal open after its process ended: do not wait for it. */
		int timeout = session->ended && session->out.start == session->out.end ? 100 : -1, n;

		set_up_poll(session, fds);
		n = poll(fds, POLL_COUNT, timeout);
		if (n < 0 && errno != EINTR)
			return err_system(err, "poll", "the process in the foreground");
		if (n == 0)
			return 0;
		if (n < 0)
			continue;
		if (fds[POLL_SIGNALS].revents)
			pass_signals(session);
		if (fds[POLL_PROCESS].revents)
			session->ended = true;
		if (fds[POLL_IN_READ].revents)
			fill(&session->in);
		if (fds[POLL_IN_WRITE].revents)
			drain(&session->in);
		if (fds[POLL_OUT_READ].revents)
			fill(&session->out);
		if (fds[POLL_OUT_WRITE].revents)
			drain(&session->out);
	}
	return 0;
}

static int start_terminal(struct session *session, struct err *err)
{
	int master = session->relay->master;

	session->in = (struct flow){ .from = STDIN_FILENO, .to = master, .is_input = true };
	session->out = (struct flow){ .from = master, .to = STDOUT_FILENO, .log = session->relay->log };
	/* Nobody reading our output is no reason to end before the program. */
	session->closed_pipe = signal(SIGPIPE, SIG_IGN);
	if (fcntl(master, F_SETFL, O_NONBLOCK))
		return err_system(err, "fcntl", "the terminal's master");
	session->tty = kern_terminal_find();
	if (session->tty < 0)
		return 0;
	if (kern_terminal_copy_size(session->tty, master, err))
		return -1;
	return kern_terminal_raw(session->tty, &session->saved, err);
}

int relay_run(const struct relay *relay, int *status, struct err *err)
{
	struct session session = { .relay = relay, .tty = -1, .signals = -1,
				   .in = { .from = -1, .to = -1 }, .out = { .from = -1, .to = -1 } };
	struct err restore = { 0 };
	int ret = -1;

	session.signals = open_signals(relay->signals, err);
	if (session.signals >= 0)
		ret = relay->master >= 0 ? start_terminal(&session, err) : 0;
	if (!ret)
		ret = relay_loop(&session, err);
	if (session.tty >= 0)
		kern_terminal_restore(session.tty, &session.saved, &restore);
	if (session.closed_pipe)
		signal(SIGPIPE, session.closed_pipe);
	while (!ret && waitpid(relay->pid, status, 0) < 0)
		if (errno != EINTR)
			ret = err_system(err, "waitpid", "%d", (int)relay->pid);
	return ret;
}
