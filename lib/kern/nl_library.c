/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmnl, loaded on first use: most containers have no interface to move. */
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/library.h"
#include "kern/nl_internal.h"

#define LIBRARY "libmnl.so.0"

static int load(struct kern_nl_library *library, struct err *err)
{
	const struct kern_library_symbol symbols[] = {
		{ "mnl_socket_open2", &library->socket_open2 },
		{ "mnl_socket_bind", &library->socket_bind },
		{ "mnl_socket_close", &library->socket_close },
		{ "mnl_socket_sendto", &library->socket_sendto },
		{ "mnl_socket_recvfrom", &library->socket_recvfrom },
		{ "mnl_socket_setsockopt", &library->socket_setsockopt },
		{ "mnl_nlmsg_put_header", &library->nlmsg_put_header },
		{ "mnl_nlmsg_put_extra_header", &library->nlmsg_put_extra_header },
		{ "mnl_nlmsg_get_payload", &library->nlmsg_get_payload },
		{ "mnl_nlmsg_ok", &library->nlmsg_ok },
		{ "mnl_nlmsg_next", &library->nlmsg_next },
		{ "mnl_attr_put_check", &library->attr_put_check },
		{ "mnl_attr_nest_start_check", &library->attr_nest_start_check },
		{ "mnl_attr_nest_end", &library->attr_nest_end },
		{ "mnl_attr_parse_payload", &library->attr_parse_payload },
		{ "mnl_attr_parse", &library->attr_parse },
		{ "mnl_attr_get_type", &library->attr_get_type },
	};

	return kern_library_load(LIBRARY, "netlink", symbols, ARRAY_SIZE(symbols), err);
}

const struct kern_nl_library *kern_nl_library(struct err *err)
{
	static struct kern_nl_library library;
	static bool loaded;

	if (loaded)
		return &library;
	if (load(&library, err))
		return NULL;
	loaded = true;
	return &library;
}
