/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to libnftables and back: nft(8), libnftables-json(5). */
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "kern/nft_internal.h"

#define OUR_TABLE "table inet nsnet"

struct session {
	const struct kern_nft_library *library;
	struct nft_ctx *context;
};

static void end(struct session *session)
{
	int errnum = errno;

	if (session->context)
		session->library->ctx_free(session->context);
	errno = errnum;
}

#define auto_session __attribute__((cleanup(end)))

/* errno, with the way out where there is one. */
static int refuse(struct err *err, const char *object)
{
	err_system(err, "nftables", "%s", object);
	if (err->errnum == EPERM)
		return err_hint(err, "firewall rules need CAP_NET_ADMIN over the network namespace");
	if (err->errnum == EOPNOTSUPP || err->errnum == EAFNOSUPPORT || err->errnum == EPROTONOSUPPORT)
		return err_hint(
			err,
			"this kernel has no nftables for the inet family with nat, or lacks its modules");
	return -1;
}

/*
 * Ask for the generation's number. Where netfilter's netlink is missing the
 * library ends the program, and without rights it writes to standard error:
 * it must not get so far.
 */
static int probe(struct err *err)
{
	struct {
		struct nlmsghdr header;
		struct nfgenmsg family;
	} request = { { sizeof(request), NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, NLM_F_REQUEST, 1, 0 },
		      { AF_UNSPEC, NFNETLINK_V0, 0 } };
	auto_close int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	_Alignas(struct nlmsghdr) char answer[1024];
	struct nlmsgerr failure;
	ssize_t n;

	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0)
		return err_system(err, "nftables", "netfilter netlink");
	do
		n = recv(fd, answer, sizeof(answer), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_system(err, "nftables", "netfilter netlink");
	if ((size_t)n < NLMSG_LENGTH(sizeof(failure)) ||
	    ((struct nlmsghdr *)answer)->nlmsg_type != NLMSG_ERROR)
		return 0;
	memcpy(&failure, NLMSG_DATA(answer), sizeof(failure));
	errno = -failure.error;
	return failure.error ? refuse(err, "netfilter netlink") : 0;
}

/* A new one for each run: the library's buffers keep what earlier runs said. */
static int begin(struct session *session, unsigned flags, struct err *err)
{
	session->library = kern_nft_library(err);
	if (!session->library)
		return -1;
	if (probe(err))
		return -1;
	session->context = session->library->ctx_new(NFT_CTX_DEFAULT);
	if (!session->context || session->library->ctx_buffer_output(session->context) ||
	    session->library->ctx_buffer_error(session->context)) {
		errno = ENOMEM;
		return err_system(err, "nftables", "libnftables");
	}
	session->library->ctx_output_set_flags(session->context, flags);
	return 0;
}

/* The library has only words for what the kernel said. */
static int find_errno(const char *line, size_t len)
{
	static const int known[] = { ENOENT, EEXIST, EPERM,  EOPNOTSUPP, EAFNOSUPPORT, EBUSY,
				     EINVAL, ENOSPC, ENOMEM, EINTR,      EAGAIN,       ENOTEMPTY,
				     ERANGE, EMFILE, ENFILE, EACCES,     ENODEV,       EPROTONOSUPPORT };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		const char *text = strerror(known[i]);

		if (memmem(line, len, text, strlen(text)))
			return known[i];
	}
	return EINVAL;
}

/*
 * "...: Error: Could not process rule: File exists\nadd element ...\n   ^^^^\n":
 * the first line has the reason, the second the command.
 */
static int explain(const struct session *session, struct err *err)
{
	const char *text = session->library->ctx_get_error_buffer(session->context);
	const char *reason = text ? strstr(text, "Error: ") : NULL;
	char object[256];
	size_t len, command;

	if (!reason) {
		errno = EIO;
		return err_system(err, "nftables", OUR_TABLE);
	}
	reason += strlen("Error: ");
	len = strcspn(reason, "\n");
	errno = find_errno(reason, len);
	text = reason + len + (reason[len] ? 1 : 0);
	command = strcspn(text, "\n");
	snprintf(object, sizeof(object), "%.*s", command ? (int)command : (int)strlen(OUR_TABLE),
		 command ? text : OUR_TABLE);
	refuse(err, object);
	return err_hint(err, "libnftables says: %.*s", (int)len, reason);
}

int kern_nft_run(const char *commands, struct err *err)
{
	auto_session struct session session = { 0 };

	if (begin(&session, 0, err))
		return -1;
	return session.library->run_cmd_from_buffer(session.context, commands) ? explain(&session, err) : 0;
}

int kern_nft_list(struct json **list, struct err *err)
{
	auto_session struct session session = { 0 };
	struct err failure = { 0 };
	const char *text;

	*list = NULL;
	if (begin(&session, NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_NUMERIC_TIME, err))
		return -1;
	if (session.library->run_cmd_from_buffer(session.context, "list table inet nsnet")) {
		explain(&session, &failure);
		if (failure.errnum == ENOENT)
			return 0;
		*err = failure;
		return -1;
	}
	text = session.library->ctx_get_output_buffer(session.context);
	*list = json_parse(text ? text : "", text ? strlen(text) : 0, "nftables", err);
	return *list ? 0 : -1;
}

bool kern_nft_next(const struct json_at *list, struct json_at *item, const char *kind, struct json_at *object)
{
	while (json_next(list, item)) {
		*object = json_member(item, kind);
		if (object->node)
			return true;
	}
	return false;
}
