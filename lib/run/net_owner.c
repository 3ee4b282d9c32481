/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "kern/netns.h"
#include "run/net.h"

int run_net_owner(int netns, char *buf, size_t size, struct err *err)
{
	uint64_t identity;

	if (kern_netns_identity(netns, &identity, err))
		return -1;
	snprintf(buf, size, "ns-%" PRIu64, identity);
	return 0;
}
