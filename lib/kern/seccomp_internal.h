/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the seccomp*.c files alone. */
#ifndef NSTOOLS_KERN_SECCOMP_INTERNAL_H
#define NSTOOLS_KERN_SECCOMP_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct kern_seccomp;
struct strbuf;

/* What is used of libseccomp (its names, without the prefix), and the file it came from. */
struct kern_seccomp_library {
	void *(*init)(uint32_t default_action);
	void (*release)(void *context);
	int (*arch_add)(void *context, uint32_t arch);
	uint32_t (*arch_resolve_name)(const char *name);
	int (*syscall_resolve_name)(const char *name);
	char *(*syscall_resolve_num_arch)(uint32_t arch, int number); /* the caller frees it */
	uint32_t (*arch_native)(void);
	int (*rule_add_array)(void *context, uint32_t action, int syscall, unsigned count, const void *args);
	int (*export_bpf)(const void *context, int fd);
	const char *path;
};

/* Load libseccomp.so.2 on first use. NULL with err (ERR_UNSUPPORTED) where it is missing. */
const struct kern_seccomp_library *kern_seccomp_library(struct err *err);

/* Compile by the library into a new memfd, not yet sealed. */
int kern_seccomp_build(const struct kern_seccomp *profile, struct err *err);

/* Every input of a compilation but the library's own file, as bytes. */
void kern_seccomp_cache_key(const struct kern_seccomp *profile, struct strbuf *key);

/* The program compiled from that key before, in a new memfd, or -1 (no err: a miss is none). */
int kern_seccomp_cache_get(int cache, const struct strbuf *key);

/* Put it there. Failure is only logged. */
void kern_seccomp_cache_put(int cache, const struct strbuf *key, int program);

/* A memfd for a program. */
int kern_seccomp_memfd(struct err *err);

#endif
