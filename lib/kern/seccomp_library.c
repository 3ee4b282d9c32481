/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libseccomp, loaded on first use: a start whose program is in the cache does
 * without it.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/seccomp_internal.h"

#if HAVE_SECCOMP

#define LIBRARY "libseccomp.so.2"

static bool load(void *handle, struct kern_seccomp_library *library)
{
	const struct {
		const char *name;
		void *function;
	} symbols[] = {
		{ "seccomp_init", &library->init },
		{ "seccomp_release", &library->release },
		{ "seccomp_arch_add", &library->arch_add },
		{ "seccomp_arch_resolve_name", &library->arch_resolve_name },
		{ "seccomp_syscall_resolve_name", &library->syscall_resolve_name },
		{ "seccomp_syscall_resolve_num_arch", &library->syscall_resolve_num_arch },
		{ "seccomp_arch_native", &library->arch_native },
		{ "seccomp_rule_add_array", &library->rule_add_array },
		{ "seccomp_export_bpf", &library->export_bpf },
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

const struct kern_seccomp_library *kern_seccomp_library(struct err *err)
{
	static struct kern_seccomp_library library;
	Dl_info where;
	void *handle;
	void *init;

	if (library.path)
		return &library;
	handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!handle || !load(handle, &library)) {
		err_set(err, ERR_UNSUPPORTED, "seccomp", "%s cannot be loaded", LIBRARY);
		err_hint(err, "%s", dlerror());
		return NULL;
	}
	memcpy(&init, &library.init, sizeof(init));
	library.path = memory_strdup(dladdr(init, &where) && where.dli_fname ? where.dli_fname : "");
	return &library;
}

#else

const struct kern_seccomp_library *kern_seccomp_library(struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "seccomp", "built without libseccomp");
	return NULL;
}

#endif
