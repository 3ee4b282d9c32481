/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses one by one: rtnetlink(7), ip-address(8). Reading them is in link_info.c. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>

#include "base/err.h"
#include "base/ip.h"
#include "kern/link_info.h"
#include "kern/nl.h"

static int talk(struct kern_nl *nl, const char *op, const struct ip_net *net, const char *object,
		struct err *err)
{
	char address[IP_TEXT_MAX], text[IP_TEXT_MAX + 32];

	snprintf(text, sizeof(text), "%s on %s", ip_net_text(net, address, sizeof(address)), object);
	return kern_nl_talk(nl, NULL, op, text, err);
}

static void begin(struct kern_nl *nl, uint16_t type, uint16_t flags, int index, const struct ip_net *net)
{
	struct ifaddrmsg header = { .ifa_family = net->address.family,
				    .ifa_prefixlen = net->prefix,
				    .ifa_scope = ip_is_link_local(&net->address) ? RT_SCOPE_LINK
										 : RT_SCOPE_UNIVERSE,
				    .ifa_index = (unsigned)index };

	kern_nl_begin(nl, type, flags, &header, sizeof(header));
	kern_nl_put(nl, IFA_LOCAL, net->address.bytes, ip_size(&net->address));
	kern_nl_put(nl, IFA_ADDRESS, net->address.bytes, ip_size(&net->address));
}

int kern_address_add(struct kern_nl *nl, int index, const struct ip_net *net, const char *object, struct err *err)
{
	struct ip broadcast = ip_net_last(net);

	begin(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index, net);
	if (net->address.family == AF_INET && net->prefix < 31)
		kern_nl_put(nl, IFA_BROADCAST, broadcast.bytes, ip_size(&broadcast));
	if (net->address.family == AF_INET6)
		kern_nl_put_u32(nl, IFA_FLAGS, IFA_F_NODAD);
	if (talk(nl, "add address", net, object, err) == 0)
		return 0;
	if (err->errnum == EEXIST)
		return err_hint(err, "the interface has that address already");
	if (err->errnum == EACCES || err->errnum == EPERM)
		return err_hint(err, "IPv6 is off there (net.ipv6.conf.%s.disable_ipv6), or CAP_NET_ADMIN is missing",
				object);
	return -1;
}

int kern_address_delete(struct kern_nl *nl, int index, const struct ip_net *net, const char *object,
			struct err *err)
{
	begin(nl, RTM_DELADDR, 0, index, net);
	return talk(nl, "delete address", net, object, err);
}
