/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by nl.c and nl_library.c alone: what is used of libmnl. */
#ifndef NSTOOLS_KERN_NL_INTERNAL_H
#define NSTOOLS_KERN_NL_INTERNAL_H

#include <libmnl/libmnl.h>

struct err;

struct kern_nl_library {
	__typeof__(mnl_socket_open2) *socket_open2;
	__typeof__(mnl_socket_bind) *socket_bind;
	__typeof__(mnl_socket_close) *socket_close;
	__typeof__(mnl_socket_sendto) *socket_sendto;
	__typeof__(mnl_socket_recvfrom) *socket_recvfrom;
	__typeof__(mnl_socket_setsockopt) *socket_setsockopt;
	__typeof__(mnl_nlmsg_put_header) *nlmsg_put_header;
	__typeof__(mnl_nlmsg_put_extra_header) *nlmsg_put_extra_header;
	__typeof__(mnl_nlmsg_get_payload) *nlmsg_get_payload;
	__typeof__(mnl_nlmsg_ok) *nlmsg_ok;
	__typeof__(mnl_nlmsg_next) *nlmsg_next;
	__typeof__(mnl_attr_put_check) *attr_put_check;
	__typeof__(mnl_attr_nest_start_check) *attr_nest_start_check;
	__typeof__(mnl_attr_nest_end) *attr_nest_end;
	__typeof__(mnl_attr_parse_payload) *attr_parse_payload;
	__typeof__(mnl_attr_parse) *attr_parse;
	__typeof__(mnl_attr_get_type) *attr_get_type;
};

/* Load libmnl.so.0 on first use. NULL with err (ERR_UNSUPPORTED) where it is missing. */
const struct kern_nl_library *kern_nl_library(struct err *err);

#endif
