/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/ip.h"
#include "base/number.h"

unsigned ip_bits(const struct ip *ip)
{
	return ip->family == AF_INET6 ? 128 : 32;
}

size_t ip_size(const struct ip *ip)
{
	return ip->family == AF_INET6 ? 16 : 4;
}

int ip_parse(const char *text, struct ip *ip)
{
	struct ip parsed = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };

	if (inet_pton(parsed.family, text, parsed.bytes) != 1)
		return -1;
	*ip = parsed;
	return 0;
}

int ip_net_parse(const char *text, struct ip_net *net)
{
	const char *slash = strchr(text, '/');
	char address[IP_TEXT_MAX];
	struct ip_net parsed;
	uint32_t prefix;

	if (!slash) {
		if (ip_parse(text, &parsed.address))
			return -1;
		parsed.prefix = (unsigned char)ip_bits(&parsed.address);
		*net = parsed;
		return 0;
	}
	if ((size_t)(slash - text) >= sizeof(address))
		return -1;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (ip_parse(address, &parsed.address) || number_u32(slash + 1, &prefix) ||
	    prefix > ip_bits(&parsed.address))
		return -1;
	parsed.prefix = (unsigned char)prefix;
	*net = parsed;
	return 0;
}

const char *ip_text(const struct ip *ip, char *buf, size_t size)
{
	if (!ip->family || !inet_ntop(ip->family, ip->bytes, buf, (socklen_t)size))
		snprintf(buf, size, "none");
	return buf;
}

const char *ip_net_text(const struct ip_net *net, char *buf, size_t size)
{
	size_t len;

	ip_text(&net->address, buf, size);
	len = strlen(buf);
	snprintf(buf + len, size - len, "/%u", net->prefix);
	return buf;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, ip_size(a)) == 0;
}

bool ip_net_equal(const struct ip_net *a, const struct ip_net *b)
{
	return a->prefix == b->prefix && ip_equal(&a->address, &b->address);
}

bool ip_is_any(const struct ip *ip)
{
	static const unsigned char zero[16];

	return memcmp(ip->bytes, zero, ip_size(ip)) == 0;
}

bool ip_is_multicast(const struct ip *ip)
{
	return ip->family == AF_INET6 ? ip->bytes[0] == 0xff : (ip->bytes[0] & 0xf0) == 0xe0;
}

bool ip_is_link_local(const struct ip *ip)
{
	return ip->family == AF_INET6 ? ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80
				      : ip->bytes[0] == 169 && ip->bytes[1] == 254;
}

static struct ip fill(const struct ip_net *net, unsigned char with)
{
	struct ip ip = net->address;

	for (unsigned bit = net->prefix; bit < ip_bits(&ip); bit++) {
		unsigned char mask = (unsigned char)(0x80 >> bit % 8);

		ip.bytes[bit / 8] = (unsigned char)((ip.bytes[bit / 8] & ~mask) | (with & mask));
	}
	return ip;
}

struct ip ip_net_base(const struct ip_net *net)
{
	return fill(net, 0);
}

struct ip ip_net_last(const struct ip_net *net)
{
	return fill(net, 0xff);
}

bool ip_net_contains(const struct ip_net *net, const struct ip *ip)
{
	struct ip_net other = { *ip, net->prefix };
	struct ip a, b;

	if (net->address.family != ip->family)
		return false;
	a = ip_net_base(net);
	b = ip_net_base(&other);
	return ip_equal(&a, &b);
}

bool ip_net_overlaps(const struct ip_net *a, const struct ip_net *b)
{
	return a->prefix <= b->prefix ? ip_net_contains(a, &b->address) : ip_net_contains(b, &a->address);
}

struct ip ip_next(const struct ip *ip)
{
	struct ip next = *ip;

	for (size_t i = ip_size(ip); i-- > 0;)
		if (++next.bytes[i])
			break;
	return next;
}

int ip_compare(const struct ip *a, const struct ip *b)
{
	int order = memcmp(a->bytes, b->bytes, ip_size(a));

	return order < 0 ? -1 : order > 0;
}
