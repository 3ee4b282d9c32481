/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal between ours and the program: what it types with TIOCSTI, and the
 * settings that it leaves, reach its own only (CVE-2016-10124).
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/ns.h"
#include "kern/pidfd.h"
#include "kern/terminal.h"
#include "run/attach.h"
#include "run/attach_internal.h"
#include "run/attach_more.h"
#include "run/relay.h"
#include "run/signals.h"

int run_attach_log(const char *path, struct err *err)
{
	/* Not blocking, should it be a fifo without a reader: that is told as ENXIO. */
	auto_close int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				 0600);

	if (fd < 0)
		return err_system(err, "open", "%s", path);
	if (fcntl(fd, F_SETFL, O_APPEND))
		return err_system(err, "fcntl", "%s", path);
	return take_fd(&fd);
}

static int relay(pid_t pid, int master, int log, int *status, struct err *err)
{
	auto_close int pidfd = kern_pidfd_open(pid, err);
	struct signals signals = { 0 };
	int ret;

	if (pidfd < 0)
		return -1;
	ret = relay_run(&(struct relay){ .pid = pid, .pidfd = pidfd, .master = master, .log = log,
					 .signals = &signals }, status, err);
	if (signals.fd > 0)
		close_keep_errno(signals.fd);
	return ret;
}

/*
 * Where we may join the pid namespace right away the child is in it, and what
 * the relay passes signals to is the program itself. Else (the user namespace
 * comes first) the child forks again, and hands on how the program ended.
 */
static void join_for_child(struct run_attach *attach)
{
	struct run_attach_ns *ns = NULL;
	int fd;

	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (kern_ns_kinds[i].flag == CLONE_NEWPID && attach->ns[i].given)
			ns = &attach->ns[i];
	if (!ns || attach->no_fork)
		return;
	fd = ns->fd >= 0 ? ns->fd : attach->pidfd;
	attach->no_fork = fd >= 0 && setns(fd, CLONE_NEWPID) == 0;
}

/*
 * Of the devpts of what is entered, where there is one: so the program finds
 * its terminal's name (ttyname(3)). Else of ours.
 */
static int open_terminal(struct run_attach *attach, int *master, int *slave, struct err *err)
{
	struct err none = { 0 };
	auto_close int root = -1;

	for (size_t i = 0; i < KERN_NS_COUNT; i++)
		if (kern_ns_kinds[i].flag == CLONE_NEWNS && attach->ns[i].given && attach->ns[i].fd < 0 && attach->pid)
			root = attach_open_file(attach, "root", O_PATH, &none);
	if (root >= 0 && kern_terminal_open(root, master, slave, &none) == 0)
		return 0;
	return kern_terminal_open(-1, master, slave, err);
}

int run_attach_terminal(struct run_attach *attach, const char *log, int *slave, int *status, struct err *err)
{
	auto_close int master = -1, file = -1;
	pid_t pid;

	if ((log && (file = run_attach_log(log, err)) < 0) || open_terminal(attach, &master, slave, err))
		return -1;
	join_for_child(attach);
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid < 0)
		return err_system(err, "fork", "the program on a terminal");
	if (pid == 0)
		return 0;
	/* Ours closed, the master tells when the program has closed it. */
	close_keep_errno(take_fd(slave));
	return relay(pid, master, file < 0 ? 0 : file, status, err) ? -1 : 1;
}
