/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnftables, loaded on first use: most commands have no firewall rule to write. */
#include "base/cleanup.h"
#include "base/err.h"
#include "kern/library.h"
#include "kern/nft_internal.h"

#if HAVE_NFTABLES

const struct kern_nft_library *kern_nft_library(struct err *err)
{
	static struct kern_library library = { .file = "libnftables.so.1", .subject = "nftables" };
	static struct kern_nft_library functions;
	static const struct kern_library_symbol symbols[] = {
		{ "nft_ctx_new", &functions.ctx_new },
		{ "nft_ctx_free", &functions.ctx_free },
		{ "nft_ctx_output_set_flags", &functions.ctx_output_set_flags },
		{ "nft_ctx_buffer_output", &functions.ctx_buffer_output },
		{ "nft_ctx_buffer_error", &functions.ctx_buffer_error },
		{ "nft_ctx_get_output_buffer", &functions.ctx_get_output_buffer },
		{ "nft_ctx_get_error_buffer", &functions.ctx_get_error_buffer },
		{ "nft_run_cmd_from_buffer", &functions.run_cmd_from_buffer },
	};

	return kern_library_load(&library, symbols, ARRAY_SIZE(symbols), err) ? NULL : &functions;
}

#else

const struct kern_nft_library *kern_nft_library(struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "nftables", "built without libnftables");
	return NULL;
}

#endif
