/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/link_internal.h"
#include "kern/nl.h"

/* What the user set, not what the kernel found out about the address since. */
#define KEPT_FLAGS                                                                                           \
	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)

struct search {
	int index;
	struct kern_link_addresses *found;
};

static unsigned char copy(unsigned char to[16], const struct nlattr *attribute)
{
	size_t size = attribute ? kern_nl_size(attribute) : 0;

	if (size == 0 || size > 16)
		return 0;
	memcpy(to, kern_nl_data(attribute), size);
	return (unsigned char)size;
}

static int keep(const struct nlmsghdr *message, void *data, struct err *err)
{
	const struct nlattr *attributes[IFA_RT_PRIORITY + 1];
	const struct search *search = data;
	struct kern_link_address address = { 0 };

	(void)err;
	if (message->nlmsg_type != RTM_NEWADDR)
		return 0;
	memcpy(&address.header, kern_nl_header(message), sizeof(address.header));
	kern_nl_attributes(message, sizeof(address.header), attributes, IFA_RT_PRIORITY);
	/* IFA_FLAGS has all 32 bits, the header the lower 8. */
	address.flags = attributes[IFA_FLAGS] ? kern_nl_u32(attributes[IFA_FLAGS]) : address.header.ifa_flags;
	if ((int)address.header.ifa_index != search->index || !(address.flags & IFA_F_PERMANENT) ||
	    address.header.ifa_scope != RT_SCOPE_UNIVERSE)
		return 0;
	address.flags &= KEPT_FLAGS;
	address.priority = kern_nl_u32(attributes[IFA_RT_PRIORITY]);
	address.local_size = copy(address.local, attributes[IFA_LOCAL]);
	address.address_size = copy(address.address, attributes[IFA_ADDRESS]);
	address.broadcast_size = copy(address.broadcast, attributes[IFA_BROADCAST]);
	search->found->items = memory_grow(search->found->items, search->found->count + 1, sizeof(address));
	search->found->items[search->found->count++] = address;
	return 0;
}

int kern_link_addresses_get(struct kern_nl *nl, int index, struct kern_link_addresses *addresses,
			    struct err *err)
{
	struct ifaddrmsg header = { .ifa_index = (unsigned)index };
	struct search search = { index, addresses };
	struct kern_nl_reader reader = { keep, &search };
	int tries;

	/* The list is read again when it changed meanwhile. */
	for (tries = 0; tries < 10; tries++) {
		struct err failure = { 0 };

		addresses->count = 0;
		kern_nl_begin(nl, RTM_GETADDR, NLM_F_DUMP, &header, sizeof(header));
		if (kern_nl_talk(nl, &reader, "list addresses", "netlink", &failure) == 0)
			return 0;
		if (failure.errnum != EINTR || tries == 9)
			*err = failure;
		if (err_is_set(err))
			break;
	}
	free(take_ptr(addresses->items));
	addresses->count = 0;
	return -1;
}

static int add(struct kern_nl *nl, int index, const struct kern_link_address *address, const char *name,
	       struct err *err)
{
	struct ifaddrmsg header = address->header;
	struct err failure = { 0 };
	char text[INET6_ADDRSTRLEN + 32] = "";
	size_t len;

	header.ifa_index = (unsigned)index;
	header.ifa_flags = 0;
	kern_nl_begin(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	if (address->local_size)
		kern_nl_put(nl, IFA_LOCAL, address->local, address->local_size);
	if (address->address_size)
		kern_nl_put(nl, IFA_ADDRESS, address->address, address->address_size);
	if (address->broadcast_size)
		kern_nl_put(nl, IFA_BROADCAST, address->broadcast, address->broadcast_size);
	if (address->priority)
		kern_nl_put_u32(nl, IFA_RT_PRIORITY, address->priority);
	kern_nl_put_u32(nl, IFA_FLAGS, address->flags);
	inet_ntop(header.ifa_family, address->local_size ? address->local : address->address, text,
		  sizeof(text));
	len = strlen(text);
	snprintf(text + len, sizeof(text) - len, "/%u on %s", header.ifa_prefixlen, name);
	if (kern_nl_talk(nl, NULL, "add address", text, &failure) == 0 || failure.errnum == EEXIST)
		return 0;
	*err = failure;
	return -1;
}

int kern_link_addresses_add(struct kern_nl *nl, int index, const struct kern_link_addresses *addresses,
			    const char *name, struct err *err)
{
	size_t i;

	for (i = 0; i < addresses->count; i++)
		if (add(nl, index, &addresses->items[i], name, err) < 0)
			return -1;
	return 0;
}
