/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Route netlink (rtnetlink(7)): the one door to libmnl, which is loaded on
 * first use. A request is built in the handle, sent, and its answers walked.
 * Errors carry the kernel's extended acknowledgement as the hint.
 */
#ifndef NSTOOLS_KERN_NL_H
#define NSTOOLS_KERN_NL_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct nlattr;
struct nlmsghdr;
struct kern_nl;

/* A socket in the calling thread's network namespace. NULL with err. */
struct kern_nl *kern_nl_open(struct err *err);
/* A socket in the namespace of that descriptor; the caller's own is not changed for longer than the call. */
struct kern_nl *kern_nl_open_in(int netns, struct err *err);
void kern_nl_close(struct kern_nl *nl); /* accepts NULL */

/* Begin a request: RTM_*, NLM_F_* (NLM_F_REQUEST and NLM_F_ACK are added), and the family's header. */
void kern_nl_begin(struct kern_nl *nl, uint16_t type, uint16_t flags, const void *header, size_t size);
void kern_nl_put(struct kern_nl *nl, uint16_t type, const void *data, size_t size);
void kern_nl_put_u32(struct kern_nl *nl, uint16_t type, uint32_t value);
void kern_nl_put_string(struct kern_nl *nl, uint16_t type, const char *text);
struct nlattr *kern_nl_nest(struct kern_nl *nl, uint16_t type);
void kern_nl_nest_end(struct kern_nl *nl, struct nlattr *nest);
/* Another header, inside a nest: veth's peer has an ifinfomsg of its own. */
void kern_nl_put_header(struct kern_nl *nl, const void *header, size_t size);

/*
 * Send what was begun and read the answers up to the acknowledgement or the end
 * of the dump; each goes to reader->each (reader NULL: nowhere), which returns 0
 * to go on or -1 with err. op and object are those of the error.
 */
struct kern_nl_reader {
	int (*each)(const struct nlmsghdr *message, void *data, struct err *err);
	void *data;
};
int kern_nl_talk(struct kern_nl *nl, const struct kern_nl_reader *reader, const char *op, const char *object,
		 struct err *err);

/* The family's header of an answer, and its attributes by type into table[0..max]; absent ones are NULL. */
const void *kern_nl_header(const struct nlmsghdr *message);
void kern_nl_attributes(const struct nlmsghdr *message, size_t header_size, const struct nlattr **table,
			uint16_t max);
/* The same of what is nested in an attribute; NULL has none. */
void kern_nl_nested(const struct nlattr *attribute, const struct nlattr **table, uint16_t max);
const void *kern_nl_data(const struct nlattr *attribute);
size_t kern_nl_size(const struct nlattr *attribute);
uint32_t kern_nl_u32(const struct nlattr *attribute); /* 0 when it is NULL or too short */
uint16_t kern_nl_u16(const struct nlattr *attribute);
uint8_t kern_nl_u8(const struct nlattr *attribute);
/* Copied into buf with a NUL; "" when it is NULL. */
void kern_nl_text(const struct nlattr *attribute, char *buf, size_t size);

#endif
