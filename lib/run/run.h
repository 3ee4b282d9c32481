/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations of the OCI runtime spec (runtime.md) and ours beside them:
 * what tools/nsinit calls. Each opens, locks and closes the container's state
 * itself. 0, or -1 with err; a failure leaves things as they were.
 */
#ifndef NSTOOLS_RUN_RUN_H
#define NSTOOLS_RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;
struct host;
struct plan;
struct plan_request;
struct spec;
struct spec_process;
struct state;
struct strbuf;

/* What the global options say. */
struct run_context {
	const char *root_path; /* --root, or state_root_default() */
	bool rootless;	       /* --rootless=true, or the caller is not root */
	int cgroup_manager;    /* enum plan_cgroup_manager */
	bool timing;	       /* --timing: microseconds of every step to standard error's log */
};

/* Sockets that a service manager passed (sd_listen_fds(3)): the container's program is told of them. */
struct run_listen {
	unsigned count;	   /* the first of the preserved descriptors are these */
	const char *names; /* LISTEN_FDNAMES, or NULL */
};

struct run_request {
	struct spec *spec;
	const char *config;	   /* the spec's text when it is as it was read; NULL: written anew */
	size_t config_len;
	const struct plan_request *plan;
	const char *console_socket, *pidfd_socket; /* or NULL */
	unsigned preserve_fds;	    /* fds 3..3+N-1 stay open in the container */
	struct run_listen listen;
	bool detach;		    /* run: return when the program runs */
	bool keep;		    /* run: do not delete when it ends */
	bool last;		    /* the caller ends right after: what the kernel closes then stays open */
	bool no_subreaper;	    /* run in the foreground: do not adopt what the container leaves */
};

/*
 * Facts of this host for the planner; strings live in the arena. With a spec
 * only those it bears on are looked for; NULL: all.
 */
int run_probe(struct host *host, const struct spec *spec, struct arena *arena, struct err *err);

int run_create(const struct run_context *context, const struct run_request *request, struct err *err);
int run_start(const struct run_context *context, const char *id, struct err *err);
/* create + start; in the foreground waits, relays signals and the terminal, deletes. *status is wait(2)'s. */
int run_run(const struct run_context *context, const struct run_request *request, int *status, struct err *err);

struct run_exec_request {
	const char *id;
	const struct spec_process *process; /* fields not given are taken from the container's own process */
	const char *console_socket, *pidfd_socket, *pid_file;
	const char *sub_cgroup; /* --cgroup PATH below the container's, or NULL */
	unsigned preserve_fds;
	struct run_listen listen;
	int terminal_log; /* what it writes to its terminal goes to this descriptor too; 0: nowhere */
	bool detach, ignore_paused, no_new_keyring, own_cgroup, own_label; /* own: it keeps the caller's */
};
int run_exec(const struct run_context *context, const struct run_exec_request *request, int *status,
	     struct err *err);

/* "creating", "created", "running", "paused", "stopped": the phase of the file against what runs. */
const char *run_status(const struct state *state);
/* Load a container's state; strings live in the arena. */
int run_state(const struct run_context *context, const char *id, struct arena *arena, struct state *state,
	      struct err *err);
/* The spec it was created with; spec_free() it. NULL with err. */
struct spec *run_spec(const struct run_context *context, const char *id, struct err *err);
/* The state as the OCI spec's JSON (plus rootfs, created, owner). */
struct json *run_state_json(const struct state *state, const char *status, const struct spec *spec);

/* all: every process of its cgroup, or of its pid namespace. */
int run_kill(const struct run_context *context, const char *id, int signal, bool all, struct err *err);
/* Deletes a stopped container, runs its poststop hooks. force: whatever its state, also a broken or half-made one. */
int run_delete(const struct run_context *context, const char *id, bool force, struct err *err);
int run_pause(const struct run_context *context, const char *id, struct err *err);
int run_resume(const struct run_context *context, const char *id, struct err *err);
struct run_process_list {
	pid_t *pids; /* as the host sees them; in the arena */
	size_t count;
};
int run_processes(const struct run_context *context, const char *id, struct arena *arena,
		  struct run_process_list *list, struct err *err);

#endif
