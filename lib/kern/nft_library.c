/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnftables, loaded on first use: most commands have no firewall rule to write. */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/nft_internal.h"

#if HAVE_NFTABLES

#define LIBRARY "libnftables.so.1"

static bool load(void *handle, struct kern_nft_library *library)
{
	const struct {
		const char *name;
		void *function;
	} symbols[] = {
		{ "nft_ctx_new", &library->ctx_new },
		{ "nft_ctx_free", &library->ctx_free },
		{ "nft_ctx_output_set_flags", &library->ctx_output_set_flags },
		{ "nft_ctx_buffer_output", &library->ctx_buffer_output },
		{ "nft_ctx_buffer_error", &library->ctx_buffer_error },
		{ "nft_ctx_get_output_buffer", &library->ctx_get_output_buffer },
		{ "nft_ctx_get_error_buffer", &library->ctx_get_error_buffer },
		{ "nft_run_cmd_from_buffer", &library->run_cmd_from_buffer },
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

const struct kern_nft_library *kern_nft_library(struct err *err)
{
	static struct kern_nft_library library;
	static bool loaded;
	void *handle;

	if (loaded)
		return &library;
	handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!handle || !load(handle, &library)) {
		err_set(err, ERR_UNSUPPORTED, "nftables", "%s cannot be loaded", LIBRARY);
		err_hint(err, "%s", dlerror());
		return NULL;
	}
	loaded = true;
	return &library;
}

#else

const struct kern_nft_library *kern_nft_library(struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "nftables", "built without libnftables");
	return NULL;
}

#endif
