/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/seccomp.h"
#include "run/notify.h"

#define STACK_SIZE (64 * 1024)
#define WAIT_SECONDS 10

/* In memory that both share (CLONE_VM). */
struct handover {
	const struct notify *notify;
	_Atomic int listener; /* -1: the filter is not loaded yet; -2: it never will be */
	_Atomic int errnum;   /* -1: not sent yet; 0: sent; else the errno of sendmsg */
};

static int send_listener(const struct notify *notify, int listener)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(__alignof__(struct cmsghdr)))) = { 0 };
	struct iovec iov = { (void *)(uintptr_t)notify->message, notify->message_len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &listener, sizeof(listener));
	do
		n = sendmsg(notify->socket, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	/* The rest of a long message, without the descriptor. */
	for (size_t sent = (size_t)n; sent < notify->message_len; sent += (size_t)n) {
		n = send(notify->socket, notify->message + sent, notify->message_len - sent, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return errno;
		n = n < 0 ? 0 : n;
	}
	return 0;
}

/*
 * The helper. errno is shared too, and only it runs system calls that set it
 * while the other one spins.
 */
static int help(void *data)
{
	struct handover *handover = data;
	int listener;

	while ((listener = atomic_load(&handover->listener)) == -1)
		sched_yield();
	if (listener >= 0) {
		int errnum = send_listener(handover->notify, listener);

		shutdown(handover->notify->socket, SHUT_WR);
		atomic_store(&handover->errnum, errnum);
	}
	return 0; /* to clone(), which makes it the exit: AddressSanitizer knows nothing of this stack */
}

/* No system call may be made here (the vDSO's clock is none): bounded by time. */
static int spin_until_sent(struct handover *handover)
{
	struct timespec start, now;
	int errnum;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while ((errnum = atomic_load(&handover->errnum)) == -1) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec > WAIT_SECONDS)
			return ETIMEDOUT;
		atomic_signal_fence(memory_order_seq_cst);
	}
	return errnum;
}

int notify_load(const struct notify *notify, struct err *err)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));
	struct handover handover = { .notify = notify, .listener = -1, .errnum = -1 };
	int listener = -1, errnum, ret;
	pid_t helper;

	helper = clone(help, stack + sizeof(stack), CLONE_FILES | CLONE_VM | SIGCHLD, &handover);
	if (helper < 0)
		return err_system(err, "clone", "the helper that sends the seccomp listener");
	ret = kern_seccomp_load(notify->program, notify->flags, &listener, err);
	atomic_store(&handover.listener, ret ? -2 : listener);
	errnum = ret ? 0 : spin_until_sent(&handover);
	if (errnum == ETIMEDOUT)
		kill(helper, SIGKILL);
	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
	close_keep_errno(listener);
	close_keep_errno(notify->socket);
	if (!ret && errnum) {
		errno = errnum;
		return err_system(err, "sendmsg", "the seccomp listener to linux.seccomp.listenerPath");
	}
	return ret;
}
