/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port to publish, as it stands on the command line. */
#ifndef NSTOOLS_NSNET_PORT_H
#define NSTOOLS_NSNET_PORT_H

#include <stdint.h>

struct err;
struct json;

/* [ADDRESS:]HOSTPORT[-LAST][:PORT][/PROTOCOL] as an element of "ports" (nsinit-spec(5)), into object. */
int port_describe(const char *text, struct json *object, struct err *err);
/* "tcp", "udp", "sctp". */
const char *port_protocol(uint8_t protocol);

#endif
