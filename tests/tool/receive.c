/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What engines do with the descriptors that nsinit sends them. Each listens on
 * SOCKET, which must not be there yet, takes one connection, and stays until what
 * it was sent is at its end (60 seconds at most).
 *
 *   receive console SOCKET   a terminal's master: its output to standard output, standard input to it;
 *                            says "name NAME" first
 *   receive pidfd SOCKET     a pidfd: its Pid line
 *   receive seccomp SOCKET FILE ANSWER
 *                            a seccomp listener: the message with it into FILE; a line for each notification;
 *                            ANSWER is errno:N, value:N or continue
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int take_connection(const char *path)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), connection;
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(listener, 1))
		fail(path);
	connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (connection < 0)
		fail("accept");
	close(listener);
	return connection;
}

/* The descriptor that comes with the first bytes, which go to text (NUL at the end); *len is their number. */
static int take_descriptor(int connection, char *text, size_t size, size_t *len)
{
	char control[CMSG_SPACE(4 * sizeof(int))] __attribute__((aligned(8)));
	struct iovec iov = { text, size - 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	const struct cmsghdr *header;
	ssize_t n = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	int fd;

	if (n < 0)
		fail("recvmsg");
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int))) {
		fprintf(stderr, "receive: not exactly one descriptor came\n");
		exit(1);
	}
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	*len = (size_t)n;
	text[n] = '\0';
	return fd;
}

static void pass(int from, int to, short *events)
{
	char text[4096];
	ssize_t n = read(from, text, sizeof(text));

	if (n <= 0)
		*events = 0;
	else if (write(to, text, (size_t)n) != n)
		fail("write");
}

static int console(int connection)
{
	char name[512];
	size_t len;
	int master = take_descriptor(connection, name, sizeof(name), &len);
	struct pollfd fds[2] = { { master, POLLIN, 0 }, { 0, POLLIN, 0 } };

	printf("name %s\n", name);
	fflush(stdout);
	while (fds[0].events && poll(fds, 2, 60000) > 0) {
		if (fds[0].revents)
			pass(master, 1, &fds[0].events);
		if (fds[1].revents & (POLLIN | POLLHUP))
			pass(0, master, &fds[1].events);
		if (!fds[1].events)
			fds[1].fd = -1;
	}
	return 0;
}

static int pidfd(int connection)
{
	char text[512], line[256];
	size_t len;
	int fd = take_descriptor(connection, text, sizeof(text), &len);
	FILE *file;

	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
	file = fopen(text, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "Pid:", 4))
			fputs(line, stdout);
	return 0;
}

static void save_message(const char *path, int connection, const char *text, size_t len)
{
	FILE *file = fopen(path, "we");
	char more[4096];
	ssize_t n;

	if (!file)
		fail(path);
	fwrite(text, 1, len, file);
	while ((n = read(connection, more, sizeof(more))) > 0)
		fwrite(more, 1, (size_t)n, file);
	if (fclose(file))
		fail(path);
}

static void answer(int listener, const char *how)
{
	struct seccomp_notif notification = { 0 };
	struct seccomp_notif_resp response = { 0 };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification))
		return;
	printf("call %d arguments %llu %llu\n", notification.data.nr,
	       (unsigned long long)notification.data.args[0], (unsigned long long)notification.data.args[1]);
	fflush(stdout);
	response.id = notification.id;
	if (!strncmp(how, "errno:", 6))
		response.error = -atoi(how + 6);
	else if (!strncmp(how, "value:", 6))
		response.val = atoi(how + 6);
	else
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

static int seccomp(int connection, const char *file, const char *how)
{
	char text[4096];
	size_t len;
	int listener = take_descriptor(connection, text, sizeof(text), &len);
	struct pollfd fd = { listener, POLLIN, 0 };

	save_message(file, connection, text, len);
	while (poll(&fd, 1, 60000) > 0 && !(fd.revents & POLLHUP))
		answer(listener, how);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (!strcmp(what, "console"))
		return console(take_connection(argv[2]));
	if (!strcmp(what, "pidfd"))
		return pidfd(take_connection(argv[2]));
	if (!strcmp(what, "seccomp") && argc > 4)
		return seccomp(take_connection(argv[2]), argv[3], argv[4]);
	fprintf(stderr, "usage: receive console|pidfd|seccomp SOCKET [FILE ANSWER]\n");
	return 125;
}
