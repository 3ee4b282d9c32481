/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmnl, loaded on first use: most containers have no interface to move. */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/nl_internal.h"

#define LIBRARY "libmnl.so.0"

static bool load(void *handle, struct kern_nl_library *library)
{
	const struct {
		const char *name;
		void *function;
	} symbols[] = {
		{ "mnl_socket_open2", &library->socket_open2 },
		{ "mnl_socket_bind", &library->socket_bind },
		{ "mnl_socket_close", &library->socket_close },
		{ "mnl_socket_sendto", &library->socket_sendto },
		{ "mnl_socket_recvfrom", &library->socket_recvfrom },
		{ "mnl_socket_setsockopt", &library->socket_setsockopt },
		{ "mnl_nlmsg_put_header", &library->nlmsg_put_header },
		{ "mnl_nlmsg_put_extra_header", &library->nlmsg_put_extra_header },
		{ "mnl_nlmsg_get_payload", &library->nlmsg_get_payload },
		{ "mnl_nlmsg_ok", &library->nlmsg_ok },
		{ "mnl_nlmsg_next", &library->nlmsg_next },
		{ "mnl_attr_put_check", &library->attr_put_check },
		{ "mnl_attr_nest_start_check", &library->attr_nest_start_check },
		{ "mnl_attr_nest_end", &library->attr_nest_end },
		{ "mnl_attr_parse_payload", &library->attr_parse_payload },
		{ "mnl_attr_parse", &library->attr_parse },
		{ "mnl_attr_get_type", &library->attr_get_type },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (!symbol)
			return false;
		/* POSIX has a function pointer fit into an object pointer, C does not: copy the bits. */
		memcpy(symbols[i].function, &symbol, sizeof(symbol));
	}
	return true;
}

const struct kern_nl_library *kern_nl_library(struct err *err)
{
	static struct kern_nl_library library;
	static bool loaded;
	void *handle;

	if (loaded)
		return &library;
	handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!handle || !load(handle, &library)) {
		err_set(err, ERR_UNSUPPORTED, "netlink", "%s cannot be loaded", LIBRARY);
		err_hint(err, "%s", dlerror());
		return NULL;
	}
	loaded = true;
	return &library;
}
