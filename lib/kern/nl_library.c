/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmnl, loaded on first use: most containers have no interface to move. */
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/library.h"
#include "kern/nl_internal.h"

const struct kern_nl_library *kern_nl_library(struct err *err)
{
	static struct kern_library library = { .file = "libmnl.so.0", .subject = "netlink" };
	static struct kern_nl_library functions;
	static const struct kern_library_symbol symbols[] = {
		{ "mnl_socket_open2", &functions.socket_open2 },
		{ "mnl_socket_bind", &functions.socket_bind },
		{ "mnl_socket_close", &functions.socket_close },
		{ "mnl_socket_sendto", &functions.socket_sendto },
		{ "mnl_socket_recvfrom", &functions.socket_recvfrom },
		{ "mnl_socket_setsockopt", &functions.socket_setsockopt },
		{ "mnl_nlmsg_put_header", &functions.nlmsg_put_header },
		{ "mnl_nlmsg_put_extra_header", &functions.nlmsg_put_extra_header },
		{ "mnl_nlmsg_get_payload", &functions.nlmsg_get_payload },
		{ "mnl_nlmsg_ok", &functions.nlmsg_ok },
		{ "mnl_nlmsg_next", &functions.nlmsg_next },
		{ "mnl_attr_put_check", &functions.attr_put_check },
		{ "mnl_attr_nest_start_check", &functions.attr_nest_start_check },
		{ "mnl_attr_nest_end", &functions.attr_nest_end },
		{ "mnl_attr_parse_payload", &functions.attr_parse_payload },
		{ "mnl_attr_parse", &functions.attr_parse },
		{ "mnl_attr_get_type", &functions.attr_get_type },
	};

	return kern_library_load(&library, symbols, ARRAY_SIZE(symbols), err) ? NULL : &functions;
}
