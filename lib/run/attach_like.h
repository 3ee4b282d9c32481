/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To be what another process is, beside the namespaces that it is in: whatever
 * /proc and ptrace(2) tell of it. A program that is started so is as if that
 * process had executed it. What the kernel tells nobody (securebits, the
 * keyring, Landlock) is not among it. Include kern/seccomp_read.h before this.
 */
#ifndef NSTOOLS_RUN_ATTACH_LIKE_H
#define NSTOOLS_RUN_ATTACH_LIKE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

struct err;
struct run_attach;

struct run_attach_limit {
	uint64_t soft, hard; /* UINT64_MAX: unlimited */
};

struct run_attach_like {
	bool own_capabilities; /* leave ours; set by the caller */
	bool own_label;	       /* likewise */

	unsigned long personality;
	struct run_attach_limit limits[RLIM_NLIMITS];
	struct kern_seccomp_filters filters;
	char label[PATH_MAX]; /* of the security module, "" where there is none */
};

/*
 * Before anything is entered: read what only its own pid namespace's privileged can, and set `attach` for its
 * cgroup, root, directory, environment and label, as far as the caller has not. Freed by
 * run_attach_like_free() also after a failure.
 */
int run_attach_like_read(struct run_attach *attach, struct run_attach_like *like, struct err *err);
/* Take its limits: before a user namespace is entered, which may not raise them. */
int run_attach_like_limit(const struct run_attach_like *like, struct err *err);
/*
 * In place of run_attach_become(), the last thing before execve: personality, umask, groups, gid, uid, capabilities,
 * no_new_privs, filters. attach's uid and gid, where given, come before the target's; its groups are left then.
 */
int run_attach_like_become(struct run_attach *attach, const struct run_attach_like *like, struct err *err);
void run_attach_like_free(struct run_attach_like *like);

#endif
