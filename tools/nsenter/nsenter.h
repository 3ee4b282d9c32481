/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line says. nsenter is two programs from one source: what is
 * installed is small and static and does all that util-linux's does; what
 * needs more (containers by id, --like-init, --list, a terminal of its own) is
 * in nsenter-main, which it then becomes. Include common/option.h and
 * run/attach.h before this.
 */
#ifndef NSTOOLS_NSENTER_NSENTER_H
#define NSTOOLS_NSENTER_NSENTER_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* The places in kern_ns_kinds. */
enum nsenter_place {
	NSENTER_USER,
	NSENTER_CGROUP,
	NSENTER_IPC,
	NSENTER_UTS,
	NSENTER_NET,
	NSENTER_PID,
	NSENTER_MOUNT,
	NSENTER_TIME
};

/* What of the target --like-init leaves as the caller has it. */
struct nsenter_elevated {
	bool cgroup, capabilities, label;
};

struct nsenter {
	struct run_attach attach;
	const char *container; /* -t ID */
	const char *state_root;
	bool help, version, list_options, list, json, like_init, pty, clear_env, remount;
	struct nsenter_elevated elevated;
	bool has_elevated;
	const char *pty_log;
	uint32_t preserve_fds;
	struct option_texts keep_variables, set_variables;
	char **program; /* NULL at the end; empty: a login shell */
	int terminal; /* the program's own, or -1 */
	/*
	 * What nsenter-main does besides, or NULL: before anything is entered (1: in the parent, the program has
	 * ended), in the process that becomes the program, and in place of run_attach_become().
	 */
	int (*outside)(struct nsenter *nsenter, int *status, struct err *err);
	int (*inside)(struct nsenter *nsenter, struct err *err);
	int (*become)(struct nsenter *nsenter, struct err *err);
	struct run_attach_like *like; /* of --like-init for a process that is no container's */
};

extern const struct option_table *const nsenter_tables[]; /* NULL at the end */

/* Read argv. 1: usage was printed to standard error. 0, or -1 with err. */
int nsenter_read(struct nsenter *nsenter, int argc, char **argv, struct err *err);
/* Which options go together. */
int nsenter_check(const struct nsenter *nsenter, struct err *err);

/* Does it take nsenter-main? */
bool nsenter_is_full(const struct nsenter *nsenter);
/* Do that: in the small program by becoming nsenter-main. *status is the exit status when it returns 0. */
int nsenter_full(struct nsenter *nsenter, char **argv, int *status, struct err *err);

/* All that util-linux's does. It returns where the program does not replace us: 0 with *status as wait(2)'s. */
int nsenter_enter(struct nsenter *nsenter, char **argv, int *status, struct err *err);

#define NSENTER_DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* --clear-env, --keep-var, --set-var on our environment. */
int nsenter_environment(const struct nsenter *nsenter, struct err *err);

#endif
