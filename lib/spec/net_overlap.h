/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Include base/ip.h and spec/net.h before. */
#ifndef NSTOOLS_SPEC_NET_OVERLAP_H
#define NSTOOLS_SPEC_NET_OVERLAP_H

/* An address of b in a network of a, or the other way round, neither a single one nor link-local; or NULL. */
const struct ip_net *spec_net_overlap(const struct spec_net_interface *a, const struct spec_net_interface *b);

#endif
