/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real traffic between the namespaces of the tests.
 *
 *   traffic serve PORT NAME [FILE]
 *       answer each TCP connection and each UDP datagram, over IPv4 and IPv6, with "NAME from ADDRESS", the
 * sender's; FILE with its PID is made when it listens traffic ask tcp|udp ADDRESS PORT [MILLISECONDS] print
 * the answer; status 1 and why on standard error when there is none in that time (2000) traffic measure PORT
 * SKIP FILE take one TCP connection to its end and print the rate in bits a second behind the first SKIP
 * bytes, by the times at which the kernel received them; FILE is made when it listens traffic send ADDRESS
 * PORT BYTES send them in one go: the kernel has them all, so that no scheduler is measured
 *
 * All end after two minutes, whatever happens.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (16 * 1024 * 1024)

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint16_t port_of(const char *text)
{
	return htons((uint16_t)strtoul(text, NULL, 10));
}

static void make_file(const char *path)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (path && (fd < 0 || dprintf(fd, "%d\n", getpid()) < 0))
		fail(path);
	if (fd >= 0)
		close(fd);
}

/* IPv4's addresses too, as ::ffff:a.b.c.d. */
static int bind_any(int type, uint16_t port)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = port };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    (type == SOCK_STREAM && listen(fd, 16)))
		fail("listen");
	return fd;
}

static int answer_text(const char *name, const struct sockaddr_in6 *from, char text[256])
{
	char address[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(&from->sin6_addr))
		inet_ntop(AF_INET, &from->sin6_addr.s6_addr[12], address, sizeof(address));
	else
		inet_ntop(AF_INET6, &from->sin6_addr, address, sizeof(address));
	return snprintf(text, 256, "%s from %s\n", name, address);
}

static void answer_tcp(int listener, const char *name)
{
	struct sockaddr_in6 from;
	socklen_t size = sizeof(from);
	int fd = accept(listener, (struct sockaddr *)&from, &size);
	char text[256];

	if (fd < 0)
		return;
	if (write(fd, text, (size_t)answer_text(name, &from, text)) < 0)
		perror("write");
	close(fd);
}

/*
 * From the address that was asked: a socket that is bound to all of them would choose one by itself, which is
 * not always the one.
 */
static void answer_udp(int fd, const char *name)
{
	char text[256], control[256] __attribute__((aligned(8)));
	struct sockaddr_in6 from;
	struct iovec iov = { text, sizeof(text) };
	struct msghdr message = { .msg_name = &from,
				  .msg_namelen = sizeof(from),
				  .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };

	if (recvmsg(fd, &message, 0) < 0)
		return;
	iov.iov_len = (size_t)answer_text(name, &from, text);
	if (sendmsg(fd, &message, 0) < 0)
		perror("sendmsg");
}

static _Noreturn void serve(const char *port, const char *name, const char *ready)
{
	struct pollfd fds[] = { { .fd = bind_any(SOCK_STREAM, port_of(port)), .events = POLLIN },
				{ .fd = bind_any(SOCK_DGRAM, port_of(port)), .events = POLLIN } };
	int on = 1;

	if (setsockopt(fds[1].fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)))
		fail("IPV6_RECVPKTINFO");
	make_file(ready);
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			fail("poll");
		if (fds[0].revents)
			answer_tcp(fds[0].fd, name);
		if (fds[1].revents)
			answer_udp(fds[1].fd, name);
	}
}

/* ---- the other side ------------------------------------------------------------------- */

static socklen_t parse(const char *address, const char *port, struct sockaddr_storage *to)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
	struct sockaddr_in *four = (struct sockaddr_in *)to;

	*to = (struct sockaddr_storage){ .ss_family = strchr(address, ':') ? AF_INET6 : AF_INET };
	if (to->ss_family == AF_INET6)
		six->sin6_port = port_of(port);
	else
		four->sin_port = port_of(port);
	if (inet_pton(to->ss_family, address,
		      to->ss_family == AF_INET6 ? (void *)&six->sin6_addr : &four->sin_addr) != 1) {
		fprintf(stderr, "%s: no address\n", address);
		exit(2);
	}
	return to->ss_family == AF_INET6 ? sizeof(*six) : sizeof(*four);
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int connect_until(int type, const char *address, const char *port, int64_t deadline)
{
	struct sockaddr_storage to;
	socklen_t size = parse(address, port, &to);
	int fd = socket(to.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	socklen_t error_size = sizeof(error);

	if (fd < 0)
		fail("socket");
	if (connect(fd, (struct sockaddr *)&to, size) && errno != EINPROGRESS)
		fail("connect");
	if (deadline > now() && poll(&poll_fd, 1, (int)(deadline - now())) == 1) {
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size);
		errno = error;
		if (!error)
			return fd;
	} else {
		errno = ETIMEDOUT;
	}
	fail("connect");
	return -1;
}

static int ask(const char *protocol, const char *address, const char *port, int milliseconds)
{
	int udp = strcmp(protocol, "udp") == 0, ret = 0;
	int64_t deadline = now() + milliseconds;
	int fd = connect_until(udp ? SOCK_DGRAM : SOCK_STREAM, address, port, deadline);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char text[512];
	ssize_t n;

	/* a datagram may get lost: each half second another */
	while (ret == 0 && now() < deadline) {
		int64_t left = deadline - now();

		if (udp && send(fd, "who\n", 4, 0) < 0)
			fail("send");
		ret = poll(&poll_fd, 1, udp && left > 500 ? 500 : (int)left);
	}
	if (ret == 0) {
		fprintf(stderr, "no answer\n");
		return 1;
	}
	n = recv(fd, text, sizeof(text), 0);
	if (n <= 0)
		fail("recv");
	return write(STDOUT_FILENO, text, (size_t)n) == n ? 0 : 1;
}

/* ---- rates ------------------------------------------------------------------------------ */

/* When the kernel received the last of these bytes. */
static int64_t received_at(const struct msghdr *message, int64_t before)
{
	struct timespec ts;

	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
	     header = CMSG_NXTHDR((struct msghdr *)message, header))
		if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(header), sizeof(ts));
			return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
		}
	return before;
}

static int measure(const char *port, uint64_t skip, const char *ready)
{
	static char buffer[4096];
	char control[256] __attribute__((aligned(8)));
	int listener = bind_any(SOCK_STREAM, port_of(port)), size = BUFFER, on = 1, fd;
	int64_t start = 0, end = 0;
	uint64_t total = 0, counted = 0;
	ssize_t n;

	setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)))
		fail("SO_TIMESTAMPNS");
	make_file(ready);
	fd = accept(listener, NULL, NULL);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)))
		fail("accept");
	for (;;) {
		struct iovec iov = { buffer, sizeof(buffer) };
		struct msghdr message = { .msg_iov = &iov,
					  .msg_iovlen = 1,
					  .msg_control = control,
					  .msg_controllen = sizeof(control) };

		n = recvmsg(fd, &message, 0);
		if (n <= 0)
			break;
		total += (uint64_t)n;
		end = received_at(&message, end);
		if (start)
			counted += (uint64_t)n;
		else if (total >= skip)
			start = end;
	}
	if (n < 0 || !start || end <= start) {
		fprintf(stderr, "nothing to measure in %llu bytes\n", (unsigned long long)total);
		return 1;
	}
	printf("%llu\n", (unsigned long long)((double)counted * 8e9 / (double)(end - start)));
	return 0;
}

static int send_all(const char *address, const char *port, uint64_t bytes)
{
	int fd = connect_until(SOCK_STREAM, address, port, now() + 10000), size = BUFFER;
	static char buffer[65536];
	char end;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	fcntl(fd, F_SETFL, 0);
	while (bytes) {
		ssize_t n = send(fd, buffer, bytes < sizeof(buffer) ? bytes : sizeof(buffer), 0);

		if (n < 0)
			fail("send");
		bytes -= (uint64_t)n;
	}
	shutdown(fd, SHUT_WR);
	return read(fd, &end, 1) == 0 ? 0 : 1; /* the other side has them all */
}

int main(int argc, char **argv)
{
	alarm(120);
	if ((argc == 4 || argc == 5) && !strcmp(argv[1], "serve"))
		serve(argv[2], argv[3], argc == 5 ? argv[4] : NULL);
	if ((argc == 5 || argc == 6) && !strcmp(argv[1], "ask"))
		return ask(argv[2], argv[3], argv[4], argc == 6 ? atoi(argv[5]) : 2000);
	if (argc == 5 && !strcmp(argv[1], "measure"))
		return measure(argv[2], strtoull(argv[3], NULL, 10), argv[4]);
	if (argc == 5 && !strcmp(argv[1], "send"))
		return send_all(argv[2], argv[3], strtoull(argv[4], NULL, 10));
	fprintf(stderr,
		"traffic: serve PORT NAME [FILE], ask tcp|udp ADDRESS PORT [MS], measure PORT SKIP FILE, "
		"send ADDRESS PORT BYTES\n");
	return 2;
}
