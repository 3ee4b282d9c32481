/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System call filters (seccomp(2)). The parent compiles a profile into a BPF
 * program, by libseccomp (loaded on first use) or from the cache, and hands
 * it to the child in a sealed memfd; the child only loads it.
 */
#ifndef NSTOOLS_KERN_SECCOMP_H
#define NSTOOLS_KERN_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* Values and order are those of enum spec_seccomp_action. */
enum kern_seccomp_action {
	KERN_SECCOMP_KILL_THREAD,
	KERN_SECCOMP_KILL_PROCESS,
	KERN_SECCOMP_TRAP,
	KERN_SECCOMP_ERRNO,
	KERN_SECCOMP_TRACE,
	KERN_SECCOMP_ALLOW,
	KERN_SECCOMP_LOG,
	KERN_SECCOMP_NOTIFY,
	KERN_SECCOMP_ACTION_COUNT
};

/* Values and order are those of enum spec_seccomp_op. */
enum kern_seccomp_op {
	KERN_SECCOMP_NE,
	KERN_SECCOMP_LT,
	KERN_SECCOMP_LE,
	KERN_SECCOMP_EQ,
	KERN_SECCOMP_GE,
	KERN_SECCOMP_GT,
	KERN_SECCOMP_MASKED_EQ, /* (argument & value) == value_two */
};

struct kern_seccomp_arg {
	unsigned index; /* 0 to 5 */
	enum kern_seccomp_op op;
	uint64_t value, value_two;
};

/*
 * All comparisons of a rule must hold; but where one argument is compared
 * twice any one of them is enough (what profiles written for runc expect).
 */
struct kern_seccomp_rule {
	const char *const *names; /* names this library does not know are passed over (log_debug) */
	size_t name_count;
	enum kern_seccomp_action action;
	bool has_errno; /* ERRNO, TRACE: else EPERM */
	uint32_t errno_ret;
	const struct kern_seccomp_arg *args;
	size_t arg_count;
};

struct kern_seccomp {
	enum kern_seccomp_action default_action;
	bool has_default_errno;
	uint32_t default_errno;
	const char *const *arches; /* "SCMP_ARCH_X86_64"; the native one is always there */
	size_t arch_count;
	const struct kern_seccomp_rule *rules;
	size_t rule_count;
};

/*
 * Compile a profile. Returns a sealed memfd (O_CLOEXEC) that holds the array of
 * struct sock_filter. cache is a directory only its owner may write to (or
 * -1): a program compiled before from the very same input is taken from there, a
 * new one put there; trouble with the cache is logged (log_debug), no error.
 * Where the default is an errno, system calls too new for libseccomp get
 * ENOSYS: the profile could not name them.
 * ERR_UNSUPPORTED: an action this kernel lacks, a machine without libseccomp.
 */
int kern_seccomp_compile(const struct kern_seccomp *profile, int cache, struct err *err);

/*
 * Open the cache directory `path`, made 0700 where it is missing. Refused
 * (EPERM) when others could write to it or it is another user's.
 */
int kern_seccomp_cache_open(const char *path, struct err *err);

/*
 * Load a compiled program into the calling process, with
 * SECCOMP_FILTER_FLAG_* flags. Where listener is not NULL a user notification
 * descriptor is asked for and stored there (O_CLOEXEC). Needs no_new_privs or
 * CAP_SYS_ADMIN. Runs in the child: nothing is allocated.
 */
int kern_seccomp_load(int program, uint64_t flags, int *listener, struct err *err);

/* Which actions this kernel knows: bit 1 << enum kern_seccomp_action; 0: no seccomp filters at all. */
unsigned kern_seccomp_actions(void);
/* Which of the OCI spec's SECCOMP_FILTER_FLAG_* this kernel knows. */
uint64_t kern_seccomp_flags(void);

#endif
