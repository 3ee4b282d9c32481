/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine carries a plan out. The same struct, copied by the clone, serves
 * both processes: each walks the one list and performs the steps of its side.
 */
#ifndef NSTOOLS_RUN_ENGINE_H
#define NSTOOLS_RUN_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;
struct kern_cgroup_set;
struct kern_link_moved;
struct kern_masks;
struct kern_parent;
struct net_session;
struct plan;
struct plan_request;
struct signals;
struct spec;
struct state;
struct step;

struct engine {
	unsigned side, turn; /* enum step_side */
	const struct plan *plan;
	const struct spec *spec;
	const struct plan_request *request;
	struct arena *arena;
	size_t next; /* index of the step at hand */
	bool *done;  /* parent: steps performed, for undo */
	int *slots;  /* 1..plan->slot_count; -1: empty */

	int channel, child_channel; /* our end; before the clone also the child's */
	bool committed;		    /* child: told the parent that only the program's start is left */
	pid_t pid;
	int pidfd;
	struct signals *signals; /* parent: what must not end it in the middle */

	int state_root, state_dir; /* ROOT and ROOT/ID */
	struct state *state;
	const char *config; /* text for config.json */
	size_t config_len;
	int listener; /* start.sock, where a created child waits */
	int console;				 /* connected --console-socket, or -1: the channel takes the master */
	int terminal;				 /* child: the pty's slave; parent: its master */
	int seccomp_socket;			 /* connected linux.seccomp.listenerPath */
	unsigned preserve_fds;
	char *listen_pid; /* "LISTEN_PID=..." in the program's environment, for the child to complete; or NULL */
	bool files_raised;    /* RLIMIT_NOFILE's soft limit was raised from files_soft */
	uint64_t files_soft;
	mode_t caller_umask;
	pid_t host_pid;	  /* child: its pid as the runtime sees it, where somebody is told */
	int death_signal; /* child: what commit sets */
	char *program;	  /* child: PATH_MAX bytes; where args[0] was found, or "" */
	int cwd_errnum;	  /* child: why what is missing of the working directory was not made; 0: there, or made */

	int root;			 /* child: the new root's mount */
	uint64_t root_propagation;	 /* child: of it, after the pivot; 0: leave */
	int procfs;			 /* a private procfs handle of this side's pid namespace, or -1 */
	struct kern_cgroup_set *cgroups; /* parent */
	struct kern_masks *masks;	 /* child */
	struct kern_parent *parent;	 /* child: the directory used last */
	struct kern_link_moved **moved;	 /* parent: by step, NULL for none */
	struct net_session *net;	 /* parent: while the steps of the network are at hand; or NULL */
	int *saved_ns;	     /* parent: by kind, what to go back to after the clone */
	int cgroup;	     /* directory for CLONE_INTO_CGROUP, or -1 */
	const struct engine_restore *restore; /* restore: its options */
	int container_pidfd; /* exec: the process whose namespaces are joined */

	uint64_t *timing; /* --timing: nanoseconds of each step, shared by both processes; or NULL */
};

/* Fill in the "none" values. */
void engine_init(struct engine *engine);
/* Close everything the engine holds. The child process is not touched. */
void engine_close(struct engine *engine);
/* Memory for the plan: slots, what was done, and with timing the times. */
int engine_allocate(struct engine *engine, const struct plan *plan, bool timing, struct err *err);

/*
 * Walk the list from engine->next. In the parent it returns when the list is
 * done, or at wait-start when the request says so. 0 or -1 with err; then
 * engine_undo() takes back what was done, the child first.
 */
int engine_walk(struct engine *engine, struct err *err);
void engine_undo(struct engine *engine);
/* The child's whole life up to execve: walks, reports a failure, exits. */
void engine_child(struct engine *engine) __attribute__((noreturn));
/* The child: only seccomp and the program's start are left; the parent takes what comes as news of that. */
int engine_commit(struct engine *engine, struct err *err);

/* NSINIT_FAULT=STEP:N:ERRNO|kill-parent|kill-child|kill-both: fails the N-th step of that name. 0: no fault here. */
int engine_fault(struct engine *engine, const struct step *step, struct err *err);

#endif
