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
#include "kern/library.h"
#include "kern/seccomp_internal.h"

#if HAVE_SECCOMP

#define LIBRARY "libseccomp.so.2"

static int load(struct kern_seccomp_library *library, struct err *err)
{
	const struct kern_library_symbol symbols[] = {
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

	return kern_library_load(LIBRARY, "seccomp", symbols, ARRAY_SIZE(symbols), err);
}

const struct kern_seccomp_library *kern_seccomp_library(struct err *err)
{
	static struct kern_seccomp_library library;
	Dl_info where;
	void *init;

	if (library.path)
		return &library;
	if (load(&library, err))
		return NULL;
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
