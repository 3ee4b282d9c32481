/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/nl.h"
#include "kern/nl_internal.h"

struct kern_nl {
	const struct kern_nl_library *library;
	struct mnl_socket *socket;
	struct nlmsghdr *request;
	uint32_t sequence;
	bool overflow; /* the request did not fit */
	_Alignas(struct nlmsghdr) char out[8192];
	/* The kernel fits its answers to the reader's buffer, up to 32 KiB. */
	_Alignas(struct nlmsghdr) char in[32768];
};

/* Where an answer's attributes are collected. */
struct table {
	const struct kern_nl_library *library;
	const struct nlattr **items;
	uint16_t max;
};

static void set_options(const struct kern_nl *nl)
{
	int on = 1;

	/* Each is a help only: words beside errno, no request echoed in errors, filtered dumps. */
	nl->library->socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	nl->library->socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	nl->library->socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
}

struct kern_nl *kern_nl_open(struct err *err)
{
	const struct kern_nl_library *library = kern_nl_library(err);
	struct kern_nl *nl;

	if (!library)
		return NULL;
	/* The buffers are not made zero: that would take a page fault for each page of them. */
	nl = memory_grow(NULL, 1, sizeof(*nl));
	memset(nl, 0, offsetof(struct kern_nl, out));
	nl->library = library;
	nl->socket = library->socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->socket || library->socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		err_system(err, "socket", "netlink");
		kern_nl_close(nl);
		return NULL;
	}
	set_options(nl);
	return nl;
}

struct kern_nl *kern_nl_open_in(int netns, struct err *err)
{
	auto_close int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	struct kern_nl *nl;

	if (own < 0) {
		err_system(err, "open", "/proc/thread-self/ns/net");
		return NULL;
	}
	if (setns(netns, CLONE_NEWNET) < 0) {
		err_system(err, "setns", "network namespace");
		return NULL;
	}
	nl = kern_nl_open(err);
	if (setns(own, CLONE_NEWNET) < 0) {
		err_system(err, "setns", "our own network namespace");
		kern_nl_close(nl);
		return NULL;
	}
	return nl;
}

void kern_nl_close(struct kern_nl *nl)
{
	int errnum = errno;

	if (nl && nl->socket)
		nl->library->socket_close(nl->socket);
	free(nl);
	errno = errnum;
}

void kern_nl_begin(struct kern_nl *nl, uint16_t type, uint16_t flags, const void *header, size_t size)
{
	nl->overflow = false;
	nl->request = nl->library->nlmsg_put_header(nl->out);
	nl->request->nlmsg_type = type;
	nl->request->nlmsg_flags = NLM_F_REQUEST | flags;
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		nl->request->nlmsg_flags |= NLM_F_ACK;
	nl->request->nlmsg_seq = ++nl->sequence;
	memcpy(nl->library->nlmsg_put_extra_header(nl->request, size), header, size);
}

void kern_nl_put(struct kern_nl *nl, uint16_t type, const void *data, size_t size)
{
	if (!nl->library->attr_put_check(nl->request, sizeof(nl->out), type, size, data))
		nl->overflow = true;
}

void kern_nl_put_u32(struct kern_nl *nl, uint16_t type, uint32_t value)
{
	kern_nl_put(nl, type, &value, sizeof(value));
}

void kern_nl_put_string(struct kern_nl *nl, uint16_t type, const char *text)
{
	kern_nl_put(nl, type, text, strlen(text) + 1);
}

struct nlattr *kern_nl_nest(struct kern_nl *nl, uint16_t type)
{
	struct nlattr *nest = nl->library->attr_nest_start_check(nl->request, sizeof(nl->out), type);

	if (!nest)
		nl->overflow = true;
	return nest;
}

void kern_nl_nest_end(struct kern_nl *nl, struct nlattr *nest)
{
	if (nest)
		nl->library->attr_nest_end(nl->request, nest);
}

void kern_nl_put_header(struct kern_nl *nl, const void *header, size_t size)
{
	if (nl->request->nlmsg_len + NLMSG_ALIGN(size) > sizeof(nl->out))
		nl->overflow = true;
	else
		memcpy(nl->library->nlmsg_put_extra_header(nl->request, size), header, size);
}

static int collect(const struct nlattr *attribute, void *data)
{
	const struct table *table = data;
	uint16_t type = table->library->attr_get_type(attribute);

	if (type <= table->max)
		table->items[type] = attribute;
	return MNL_CB_OK;
}

/* An NLMSG_ERROR: 0 is the acknowledgement. The kernel's words become the hint. */
static int read_error(const struct kern_nl *nl, const struct nlmsghdr *message, const char *op,
		      const char *object, struct err *err)
{
	const struct nlattr *items[NLMSGERR_ATTR_OFFS + 1] = { NULL };
	struct table table = { nl->library, items, NLMSGERR_ATTR_OFFS };
	struct nlmsgerr answer;
	size_t offset = NLMSG_ALIGN(sizeof(answer));
	size_t len = NLMSG_PAYLOAD(message, 0);

	if (len < sizeof(answer)) {
		errno = EBADMSG;
		return err_system(err, op, "%s", object);
	}
	memcpy(&answer, nl->library->nlmsg_get_payload(message), sizeof(answer));
	if (answer.error == 0)
		return 0;
	errno = -answer.error;
	err_system(err, op, "%s", object);
	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS))
		return -1;
	if (!(message->nlmsg_flags & NLM_F_CAPPED))
		offset += NLMSG_ALIGN(answer.msg.nlmsg_len - sizeof(struct nlmsghdr));
	if (offset < len)
		nl->library->attr_parse_payload((char *)nl->library->nlmsg_get_payload(message) + offset,
						len - offset, collect, &table);
	if (items[NLMSGERR_ATTR_MSG]) {
		const char *text = kern_nl_data(items[NLMSGERR_ATTR_MSG]);

		err_hint(err, "the kernel says: %.*s",
			 (int)strnlen(text, kern_nl_size(items[NLMSGERR_ATTR_MSG])), text);
	}
	return -1;
}

/* 1: the end was reached, 0: more is to come. */
static int read_message(const struct kern_nl *nl, const struct nlmsghdr *message,
			const struct kern_nl_reader *reader, struct err *err)
{
	int result;

	if (message->nlmsg_seq != nl->sequence)
		return 0; /* of a request that failed half-way */
	if (message->nlmsg_flags & NLM_F_DUMP_INTR) {
		errno = EINTR;
		return err_system(err, "netlink", "a list that changed while it was read");
	}
	if (message->nlmsg_type == NLMSG_DONE) {
		memcpy(&result, nl->library->nlmsg_get_payload(message), sizeof(result));
		errno = -result;
		return result < 0 ? err_system(err, "netlink", "list") : 1;
	}
	if (message->nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	return reader && reader->each(message, reader->data, err) < 0 ? -1 : 0;
}

int kern_nl_talk(struct kern_nl *nl, const struct kern_nl_reader *reader, const char *op, const char *object,
		 struct err *err)
{
	if (nl->overflow)
		errno = EMSGSIZE;
	if (nl->overflow || nl->library->socket_sendto(nl->socket, nl->request, nl->request->nlmsg_len) < 0)
		return err_system(err, op, "%s", object);
	for (;;) {
		ssize_t n = nl->library->socket_recvfrom(nl->socket, nl->in, sizeof(nl->in));
		const struct nlmsghdr *message = (const struct nlmsghdr *)nl->in;
		int left = (int)n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(err, op, "%s", object);
		for (; nl->library->nlmsg_ok(message, left);
		     message = nl->library->nlmsg_next(message, &left)) {
			int result;

			if (message->nlmsg_type == NLMSG_ERROR && message->nlmsg_seq == nl->sequence)
				return read_error(nl, message, op, object, err);
			result = read_message(nl, message, reader, err);
			if (result)
				return result < 0 ? -1 : 0;
		}
	}
}

const void *kern_nl_header(const struct nlmsghdr *message)
{
	return NLMSG_DATA(message);
}

void kern_nl_attributes(const struct nlmsghdr *message, size_t header_size, const struct nlattr **table,
			uint16_t max)
{
	struct err ignored = { 0 };
	const struct kern_nl_library *library = kern_nl_library(&ignored); /* loaded: a message came */
	struct table into = { library, table, max };

	memset(table, 0, (max + 1u) * sizeof(*table));
	library->attr_parse(message, (unsigned)header_size, collect, &into);
}

void kern_nl_nested(const struct nlattr *attribute, const struct nlattr **table, uint16_t max)
{
	struct err loaded = { 0 };
	const struct kern_nl_library *library = kern_nl_library(&loaded);
	struct table into = { library, table, max };

	memset(table, 0, (max + 1u) * sizeof(*table));
	if (attribute && library)
		library->attr_parse_payload(kern_nl_data(attribute), kern_nl_size(attribute), collect, &into);
}

const void *kern_nl_data(const struct nlattr *attribute)
{
	return (const char *)attribute + NLA_HDRLEN;
}

size_t kern_nl_size(const struct nlattr *attribute)
{
	return attribute->nla_len - NLA_HDRLEN;
}

uint32_t kern_nl_u32(const struct nlattr *attribute)
{
	uint32_t value = 0;

	if (attribute && kern_nl_size(attribute) >= sizeof(value))
		memcpy(&value, kern_nl_data(attribute), sizeof(value));
	return value;
}

uint16_t kern_nl_u16(const struct nlattr *attribute)
{
	uint16_t value = 0;

	if (attribute && kern_nl_size(attribute) >= sizeof(value))
		memcpy(&value, kern_nl_data(attribute), sizeof(value));
	return value;
}

uint8_t kern_nl_u8(const struct nlattr *attribute)
{
	return attribute && kern_nl_size(attribute) ? *(const uint8_t *)kern_nl_data(attribute) : 0;
}

void kern_nl_text(const struct nlattr *attribute, char *buf, size_t size)
{
	size_t len = attribute ? strnlen(kern_nl_data(attribute), kern_nl_size(attribute)) : 0;

	if (len >= size)
		len = size - 1;
	if (len)
		memcpy(buf, kern_nl_data(attribute), len);
	buf[len] = '\0';
}
