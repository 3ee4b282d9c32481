/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For checkpoint.c and restore.c: a conversation with CRIU, and what lies outside of what it writes down. */
#ifndef NSTOOLS_RUN_CRIU_H
#define NSTOOLS_RUN_CRIU_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct arena;
struct err;
struct kern_criu_fd;
struct kern_criu_request;
struct kern_criu_response;
struct run_checkpoint;
struct spec;

/* CRIU tells that it has come to a point ("setup-namespaces", ...); fd: what came with it, or -1. */
typedef int criu_notify(void *data, const struct kern_criu_response *notice, int fd, struct err *err);

struct criu_call {
	const char *verb; /* "checkpoint", "restore", for messages */
	const char *images, *work; /* paths of the directories */
	struct kern_criu_request request;
	const char *root; /* restore: what request.root is bound to, in a mount namespace of CRIU's own; or NULL */
	bool no_new_privs; /* restore: CRIU 3.17 does not give it back, but its own is inherited */
	criu_notify *notify; /* or NULL */
	void *data;
};

/*
 * `criu swrk`: one request, answered. What notify or CRIU itself says went
 * wrong is in err, with the errors of its log. *pid: what was restored, a child of ours; may be NULL.
 */
int criu_run(const struct criu_call *call, pid_t *pid, struct err *err);

/* The directories opened, and what the options say, in the request. images is made where `create`. */
int criu_options(struct kern_criu_request *request, const struct run_checkpoint *options, bool create,
		 struct err *err);
void criu_close(struct kern_criu_request *request);

/* Is there in the spec what cannot be written down, or not brought back? ERR_UNSUPPORTED. */
int criu_check_spec(const struct spec *spec, struct err *err);

/*
 * --external of both directions: bind mounts, masked files, and namespaces
 * that were joined by path. `pid`: of the container, dumped; 0: restored, then
 * namespaces are descriptors (inherit). In the arena.
 */
int criu_external(struct kern_criu_request *request, const struct spec *spec, pid_t pid, struct arena *arena,
		  struct err *err);
/* proc_pid_mountinfo(5) of a process, to be freed; NULL with errno. */
char *criu_mounts(pid_t pid);

/* Standard input, output and error of the container's first process, kept beside the image files. */
int criu_descriptors_save(struct kern_criu_request *request, pid_t pid, struct arena *arena, struct err *err);
/* Those kept are ours now. */
int criu_descriptors_load(struct kern_criu_request *request, struct arena *arena, struct err *err);

#endif
