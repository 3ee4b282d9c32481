/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the global options say, and what the commands share. */
#ifndef NSTOOLS_NSCGROUP_NSCGROUP_H
#define NSTOOLS_NSCGROUP_NSCGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command_call;
struct err;
struct run_cgroup;
struct run_cgroup_assignment;
struct run_stats_report;

/* A struct command_call's globals. */
struct nscgroup {
	const char *root; /* where the containers' state is; NULL: the default */
	bool debug;
	char **argv;
	/* run_stats_print(), or NULL: in the small program, which becomes nscgroup-main for it */
	int (*print_stats)(struct run_cgroup *cgroup, const struct run_stats_report *report, struct err *err);
};

/* Open what TARGET names; run_cgroup_close() in any case. */
int nscgroup_open(const struct command_call *call, const char *target, struct run_cgroup *cgroup,
		  struct err *err);

/*
 * "KEY=VALUE" operands; the texts are split in place. -1 with err where one
 * has no "=". The caller frees *items.
 */
int nscgroup_assignments(char **operands, size_t count, struct run_cgroup_assignment **items,
			 struct err *err);
/* Name the nearest key where err is of an unknown one. Returns -1. */
int nscgroup_hint_key(struct err *err);

/* A --timeout for poll(2): at most 12 days. */
int nscgroup_msec(uint64_t usec);

#define auto_cgroup __attribute__((cleanup(run_cgroup_close)))

/* For `details`: how keys and values are written. */
#define NSCGROUP_KEYS_HELP                                                                                   \
	"KEY is a name of cgroup v2, on every host: cpu.max, cpu.weight, memory.max,\n"                      \
	"memory.swap.max, io.max, pids.max, cpuset.cpus, ...; or short: cpus, memory, swap,\n"               \
	"pids; or a control file's own name. VALUE has units: 512M, 1.5G, 10%, 50ms, max.\n"
#define NSCGROUP_TARGET_HELP "TARGET is a container's id, pid:N, self, or the path of a group: /a/b.\n"

#endif
