/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "kern/cgroup/superblock.h"
#include "kern/criu.h"
#include "kern/process.h"
#include "kern/terminal.h"
#include "run/checkpoint.h"
#include "run/clone.h"
#include "run/criu.h"

#define PACKET_MAX 65536
#define EXCERPT_MAX 600

static int open_directory(const char *path, bool create, struct err *err)
{
	int fd;

	if (create && mkdir(path, 0700) && errno != EEXIST)
		return err_system(err, "mkdir", "%s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_system(err, "open", "%s", path) : fd;
}

int criu_options(struct kern_criu_request *request, const struct run_checkpoint *options, bool create,
		 struct err *err)
{
	request->images = open_directory(options->images, create, err);
	request->work = request->images < 0 ? -1
			: options->work	    ? open_directory(options->work, true, err)
					    : fcntl(request->images, F_DUPFD_CLOEXEC, 0);
	if (request->work < 0)
		return -1;
	request->cgroups = (enum kern_criu_cgroups)options->cgroups;
	request->tcp_established = options->tcp_established;
	request->ext_unix_sk = options->ext_unix_sk;
	request->shell_job = options->shell_job;
	request->file_locks = options->file_locks;
	request->auto_dedup = options->auto_dedup;
	request->empty_ns = options->empty_network ? CLONE_NEWNET : 0;
	return 0;
}

void criu_close(struct kern_criu_request *request)
{
	for (size_t i = 0; i < request->inherit_count; i++)
		if (request->inherit[i].fd > STDERR_FILENO)
			close_keep_errno(request->inherit[i].fd);
	close_keep_errno(take_fd(&request->images));
	close_keep_errno(take_fd(&request->work));
}

/* The directory anew, in our mount namespace, under the number that the request has. */
static int open_again(const char *path, int number)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || dup3(fd, number, O_CLOEXEC) < 0 || fcntl(number, F_SETFD, 0) ? -1 : 0;
}

/* Nothing of it shows on the host: the mount namespace is CRIU's own. */
static int bind_root(const struct criu_call *call)
{
	if (!call->root)
		return 0;
	return mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) ||
			       mount(call->root, call->request.root, NULL, MS_BIND | MS_REC, NULL)
		       ? -1
		       : 0;
}

/*
 * In the new process; what fails is its exit status. CRIU opens the
 * directories of who made the socket, by pid and number, and mounts in them:
 * they must be of its own mount namespace, so the socket is made here. Only
 * that and what is to be inherited outlive the exec.
 */
static void execute(const struct criu_call *call, const char *program, int parent)
{
	struct err ignored = { 0 };
	int sockets[2];
	char number[16];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		signal(signal_number, SIG_DFL);
	/* Ctrl-C in the middle would leave the container half dumped: it is not for CRIU. With shell_job it is. */
	if (!call->request.shell_job)
		setpgid(0, 0);
	for (size_t i = 0; i < call->request.inherit_count; i++)
		fcntl(call->request.inherit[i].fd, F_SETFD, 0);
	if ((call->no_new_privs && kern_process_no_new_privs(&ignored)) || bind_root(call) ||
	    open_again(call->images, call->request.images) ||
	    open_again(call->work, call->request.work) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		_exit(errno);
	/* What it says there is in its log too; it complains when we go. What is restored has ours. */
	if (!call->root)
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
	fcntl(sockets[1], F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", sockets[1]);
	if (kern_terminal_send_fd(parent, sockets[0], "criu", &ignored) == 0)
		execle(program, "criu", "swrk", number, (char *)NULL, environ);
	_exit(errno);
}

static int gone(struct err *err)
{
	return err_set(err, ERR_HELPER, "criu", "ended without an answer");
}

static int send_packet(int socket, const struct strbuf *packet, struct err *err)
{
	ssize_t n;

	do
		n = send(socket, packet->text, packet->len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
		return gone(err);
	return n < 0 ? err_system(err, "send", "criu") : 0;
}

/* One packet, and a descriptor where one comes with it. 1, 0 when CRIU has gone, or -1. */
static int receive_packet(int socket, struct kern_criu_response *response, int *fd, struct err *err)
{
	static char packet[PACKET_MAX];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec text = { packet, sizeof(packet) };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	const struct cmsghdr *header;
	ssize_t n;

	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno != ECONNRESET)
		return err_system(err, "recvmsg", "criu");
	header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	if (n <= 0)
		return 0;
	return kern_criu_decode(packet, (size_t)n, response, err) ? -1 : 1;
}

static int answer_notice(const struct criu_call *call, int socket, const struct kern_criu_response *notice,
			 int fd, struct err *err)
{
	auto_strbuf struct strbuf reply = { 0 };
	struct err failure = { 0 };
	int ret = call->notify ? call->notify(call->data, notice, fd, &failure) : 0;

	if (ret && !err_is_set(err))
		*err = failure;
	kern_criu_encode_reply(ret == 0, &reply);
	return send_packet(socket, &reply, err);
}

/* 0: *response is the last word; -1 with err only when there is none. What a notice made fail is in *failure. */
static int converse(const struct criu_call *call, int socket, struct kern_criu_response *response,
		    struct err *failure, struct err *err)
{
	auto_strbuf struct strbuf packet = { 0 };

	kern_criu_encode(&call->request, &packet);
	if (send_packet(socket, &packet, err))
		return -1;
	for (;;) {
		auto_close int fd = -1;
		int got = receive_packet(socket, response, &fd, err);

		if (got < 0)
			return -1;
		if (got == 0)
			return gone(err);
		if (response->type != KERN_CRIU_NOTIFY)
			return 0;
		if (answer_notice(call, socket, response, fd, failure))
			return -1;
	}
}

/* Its log has the cause; the last word says at most which call. */
static int explain(const struct criu_call *call, const struct kern_criu_response *response, struct err *err)
{
	char excerpt[EXCERPT_MAX];

	kern_criu_log_excerpt(call->request.work, call->request.log_file, excerpt, sizeof(excerpt));
	if (!err_is_set(err)) {
		const char *why = *excerpt ? excerpt : response->message;

		err_set(err, ERR_HELPER, "criu", "%s failed%s%s", call->verb, *why ? ": " : "", why);
	}
	return err_hint(err, "its log is %s/%s", call->work, call->request.log_file);
}

/* Its pid, and the socket to it in *socket; -1 with err. */
static pid_t start(const struct criu_call *call, int *socket, struct err *err)
{
	auto_free char *program = kern_criu_find(err);
	struct err unused = { 0 };
	auto_close int pidfd = -1;
	int sockets[2], status = 0;
	pid_t child;

	if (!program)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return err_system(err, "socketpair", "criu");
	child = run_clone(call->root ? CLONE_NEWNS : 0, -1, &pidfd);
	if (child == 0)
		execute(call, program, sockets[1]);
	if (child < 0)
		err_system(err, "clone", "criu");
	close(sockets[1]);
	*socket = child < 0 ? -1 : kern_terminal_receive_fd(sockets[0], &unused);
	close(sockets[0]);
	if (child < 0 || *socket >= 0)
		return child;
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		errno = WEXITSTATUS(status);
	return err_system(err, "start", "%s", program);
}

int criu_run(const struct criu_call *call, pid_t *pid, struct err *err)
{
	struct kern_criu_response response = { 0 };
	struct kern_cgroup_superblock cgroups;
	struct err failure = { 0 };
	auto_close int socket = -1;
	pid_t child;
	int ret;

	kern_cgroup_superblock_read(&cgroups);
	child = start(call, &socket, err);
	if (child < 0) {
		kern_cgroup_superblock_free(&cgroups);
		return -1;
	}
	ret = converse(call, socket, &response, &failure, err);
	close_keep_errno(take_fd(&socket));
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	kern_cgroup_superblock_keep(&cgroups);
	kern_cgroup_superblock_free(&cgroups);
	if (!ret && response.success) {
		if (pid)
			*pid = response.pid;
		return 0;
	}
	if (err_is_set(&failure))
		*err = failure;
	return explain(call, &response, err);
}
