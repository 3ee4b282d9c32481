/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "run/channel.h"

struct message {
	uint32_t kind;
	struct err err;
};

int channel_pair(int ends[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return err_system(err, "socketpair", "between runtime and container");
	return 0;
}

static int send_message(int channel, const void *data, size_t len, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(__alignof__(struct cmsghdr)))) = { 0 };
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		struct cmsghdr *cmsg;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}
	do
		n = sendmsg(channel, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

int channel_send(int channel, enum channel_kind kind, struct err *err)
{
	return channel_send_fd(channel, kind, -1, err);
}

int channel_send_fd(int channel, enum channel_kind kind, int fd, struct err *err)
{
	uint32_t head = kind;

	if (send_message(channel, &head, sizeof(head), fd))
		return err_system(err, "sendmsg", "between runtime and container");
	return 0;
}

void channel_send_error(int channel, const struct err *failure)
{
	struct message message = { .kind = CHANNEL_ERROR, .err = *failure };

	/* Not sendmsg: behind a seccomp filter that the failure may come of, write is the one likely to be allowed. */
	if (write(channel, &message, sizeof(message)) < 0)
		(void)send_message(channel, &message, sizeof(message), -1);
}

static void take_rights(struct msghdr *msg, int *fd)
{
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS &&
		    cmsg->cmsg_len >= CMSG_LEN(sizeof(int)))
			memcpy(fd, CMSG_DATA(cmsg), sizeof(*fd));
}

int channel_receive(int channel, int *fd, struct err *failure, struct err *err)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(__alignof__(struct cmsghdr)))) = { 0 };
	struct message message = { 0 };
	struct iovec iov = { &message, sizeof(message) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(channel, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return CHANNEL_END;
	if (n < (ssize_t)sizeof(message.kind))
		return err_system(err, "recvmsg", "between runtime and container");
	take_rights(&msg, fd);
	if (message.kind == CHANNEL_ERROR && n == (ssize_t)sizeof(message) && message.err.kind)
		*failure = message.err;
	return (int)message.kind;
}
