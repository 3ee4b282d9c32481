/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and IPv6 addresses and networks: text to bytes and back, and their arithmetic. */
#ifndef NSTOOLS_BASE_IP_H
#define NSTOOLS_BASE_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is "none". */
struct ip {
	unsigned char family;	 /* AF_INET, AF_INET6, 0: none */
	unsigned char bytes[16]; /* network order; IPv4 has the first four */
};

/* An address and the length of its network's prefix: "10.0.0.2/24". */
struct ip_net {
	struct ip address;
	unsigned char prefix;
};

#define IP_TEXT_MAX 64 /* enough for any address with a prefix */

unsigned ip_bits(const struct ip *ip); /* 32 or 128 */
size_t ip_size(const struct ip *ip);   /* 4 or 16 */

/* The whole text must be the address. 0, or -1 and the result is as it was. */
int ip_parse(const char *text, struct ip *ip);
/* "ADDRESS/PREFIX"; without a prefix it is the address alone (32 or 128). */
int ip_net_parse(const char *text, struct ip_net *net);
/* Into buf (IP_TEXT_MAX is enough); returns buf. */
const char *ip_text(const struct ip *ip, char *buf, size_t size);
const char *ip_net_text(const struct ip_net *net, char *buf, size_t size);

bool ip_equal(const struct ip *a, const struct ip *b);
bool ip_net_equal(const struct ip_net *a, const struct ip_net *b);
bool ip_is_any(const struct ip *ip); /* 0.0.0.0 or :: */
bool ip_is_multicast(const struct ip *ip);
bool ip_is_link_local(const struct ip *ip); /* fe80::/10, 169.254.0.0/16 */
/* The network's own address: the bits behind the prefix are zero. */
struct ip ip_net_base(const struct ip_net *net);
/* The last one: the bits behind the prefix are one. IPv4's broadcast address. */
struct ip ip_net_last(const struct ip_net *net);
bool ip_net_contains(const struct ip_net *net, const struct ip *ip);
bool ip_net_overlaps(const struct ip_net *a, const struct ip_net *b);
/* The next address; behind the last one comes zero. */
struct ip ip_next(const struct ip *ip);
/* -1, 0, 1 as numbers; of one family. */
int ip_compare(const struct ip *a, const struct ip *b);

#endif
