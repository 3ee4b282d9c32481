/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/memory.h"
#include "nsnet/port.h"
#include "spec/firewall.h"

const char *port_protocol(uint8_t protocol)
{
	return protocol == IPPROTO_UDP ? "udp" : protocol == IPPROTO_SCTP ? "sctp" : "tcp";
}

static int refuse(const char *text, struct err *err)
{
	err_set(err, ERR_USAGE, "", "expected [ADDRESS:]HOSTPORT[-LAST][:PORT][/PROTOCOL]");
	err_object(err, "%s", text);
	return err_hint(err, "8080:80, 53:5353/udp, 127.0.0.1:8080:80, [::1]:8080:80, 9000-9010");
}

/* The address in front goes from the text; NULL where there is none. -1 when it cannot be one. */
static int cut_address(char **text, const char **address)
{
	char *end = *text[0] == '[' ? strchr(*text, ']') : strchr(*text, ':');
	struct ip ip;

	*address = NULL;
	if (*text[0] == '[') {
		if (!end || end[1] != ':')
			return -1;
		*address = *text + 1;
		*text = end + 2;
	} else if (end && (memchr(*text, '.', (size_t)(end - *text)) || strchr(end + 1, ':'))) {
		*address = *text;
		*text = end + 1;
	} else {
		return 0;
	}
	*end = '\0';
	return ip_parse(*address, &ip);
}

int port_describe(const char *text, struct json *object, struct err *err)
{
	auto_free char *copy = memory_strdup(text);
	char *rest = copy, *slash = strrchr(copy, '/'), *colon;
	uint16_t first, last, to_first, to_last;
	const char *address;

	if (slash)
		*slash = '\0';
	if (cut_address(&rest, &address))
		return refuse(text, err);
	colon = strchr(rest, ':');
	if (colon)
		*colon = '\0';
	if (spec_port_range_parse(rest, &first, &last) ||
	    spec_port_range_parse(colon ? colon + 1 : rest, &to_first, &to_last))
		return refuse(text, err);
	if (to_last != to_first && to_last - to_first != last - first) {
		err_set(err, ERR_USAGE, "", "the two ranges of ports are not of one length");
		return err_object(err, "%s", text);
	}
	json_set_string(object, "hostAddress", address);
	json_set_u64(object, "hostPort", first);
	json_set_u64(object, "port", to_first);
	if (last != first)
		json_set_u64(object, "count", last - first + 1u);
	if (slash)
		json_set_string(object, "protocol", slash + 1);
	return 0;
}
