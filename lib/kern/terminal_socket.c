/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terminals over unix sockets: unix(7), SCM_RIGHTS. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/terminal.h"

/* The address of `path`; a long one through the O_PATH fd of the socket file, kept open in *held. */
static int address(const char *path, struct sockaddr_un *addr, int *held)
{
	size_t size = strlen(path) + 1;

	addr->sun_family = AF_UNIX;
	if (size <= sizeof(addr->sun_path)) {
		memcpy(addr->sun_path, path, size);
		return 0;
	}
	*held = open(path, O_PATH | O_CLOEXEC);
	if (*held < 0)
		return -1;
	snprintf(addr->sun_path, sizeof(addr->sun_path), "/proc/self/fd/%d", *held);
	return 0;
}

int kern_terminal_connect(const char *path, struct err *err)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { 0 };
	auto_close int held = -1;
	int result;

	if (fd < 0)
		return err_system(err, "socket", "%s", path);
	if (address(path, &addr, &held))
		return err_system(err, "open", "%s", path);
	do
		result = connect(fd, (const struct sockaddr *)&addr, sizeof(addr));
	while (result && errno == EINTR);
	if (result) {
		err_system(err, "connect", "%s", path);
		return err_hint(
			err,
			"something must be listening on the console socket before the container is created");
	}
	return take_fd(&fd);
}

union control {
	char buf[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int kern_terminal_send_fd(int socket, int fd, const char *text, struct err *err)
{
	union control control = { 0 };
	/* Not an empty message: a stream drops the fd of one. */
	struct iovec iov = { .iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text) };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	ssize_t n;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	do
		n = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_system(err, "sendmsg", "console socket") : 0;
}

int kern_terminal_receive_fd(int socket, struct err *err)
{
	union control control = { 0 };
	char text[PATH_MAX];
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	const struct cmsghdr *header;
	ssize_t n;
	int fd;

	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_system(err, "recvmsg", "console socket");
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(fd)))
		return err_set(err, ERR_SYSTEM, "recvmsg", "no file descriptor came over the console socket");
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}
