/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnftables, loaded on first use: most commands have no firewall rule to write. */
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/library.h"
#include "kern/nft_internal.h"

#if HAVE_NFTABLES

#define LIBRARY "libnftables.so.1"

static int load(struct kern_nft_library *library, struct err *err)
{
	const struct kern_library_symbol symbols[] = {
		{ "nft_ctx_new", &library->ctx_new },
		{ "nft_ctx_free", &library->ctx_free },
		{ "nft_ctx_output_set_flags", &library->ctx_output_set_flags },
		{ "nft_ctx_buffer_output", &library->ctx_buffer_output },
		{ "nft_ctx_buffer_error", &library->ctx_buffer_error },
		{ "nft_ctx_get_output_buffer", &library->ctx_get_output_buffer },
		{ "nft_ctx_get_error_buffer", &library->ctx_get_error_buffer },
		{ "nft_run_cmd_from_buffer", &library->run_cmd_from_buffer },
	};

	return kern_library_load(LIBRARY, "nftables", symbols, ARRAY_SIZE(symbols), err);
}

const struct kern_nft_library *kern_nft_library(struct err *err)
{
	static struct kern_nft_library library;
	static bool loaded;

	if (loaded)
		return &library;
	if (load(&library, err))
		return NULL;
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
