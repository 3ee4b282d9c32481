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

const struct kern_seccomp_library *kern_seccomp_library(struct err *err)
{
	static struct kern_library library = { .file = "libseccomp.so.2", .subject = "seccomp" };
	static struct kern_seccomp_library functions;
	static const struct kern_library_symbol symbols[] = {
		{ "seccomp_init", &functions.init },
		{ "seccomp_release", &functions.release },
		{ "seccomp_arch_add", &functions.arch_add },
		{ "seccomp_arch_resolve_name", &functions.arch_resolve_name },
		{ "seccomp_syscall_resolve_name", &functions.syscall_resolve_name },
		{ "seccomp_syscall_resolve_num_arch", &functions.syscall_resolve_num_arch },
		{ "seccomp_arch_native", &functions.arch_native },
		{ "seccomp_rule_add_array", &functions.rule_add_array },
		{ "seccomp_export_bpf", &functions.export_bpf },
	};
	Dl_info where;
	void *init;

	if (kern_library_load(&library, symbols, ARRAY_SIZE(symbols), err))
		return NULL;
	if (!functions.path) {
		memcpy(&init, &functions.init, sizeof(init));
		functions.path = memory_strdup(dladdr(init, &where) && where.dli_fname ? where.dli_fname : "");
	}
	return &functions;
}

#else

const struct kern_seccomp_library *kern_seccomp_library(struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "seccomp", "built without libseccomp");
	return NULL;
}

#endif
