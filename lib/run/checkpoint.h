/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checkpoint and restore: a container's processes as files, and back, by CRIU (kern/criu.h). */
#ifndef NSTOOLS_RUN_CHECKPOINT_H
#define NSTOOLS_RUN_CHECKPOINT_H

#include <stdbool.h>

struct err;
struct run_context;
struct run_request;

/* criu(8) says what each is. */
struct run_checkpoint {
	const char *images; /* directory of the image files; checkpoint makes it where it is missing */
	const char *work;   /* of logs and statistics; NULL: the same */
	int cgroups;	    /* enum kern_criu_cgroups */
	bool tcp_established, ext_unix_sk, shell_job, file_locks, auto_dedup;
	bool empty_network; /* --empty-ns network */

	/* checkpoint */
	const char *parent; /* of the dump before, relative to images */
	bool leave_running, pre_dump;

	/* restore */
	const char *lsm_profile, *lsm_mount_context;
};

/* What the engine is told beside the plan. */
struct engine_restore {
	const struct run_context *context;
	const struct run_checkpoint *options;
};

/*
 * Write the running container's processes to the image files. Then they are
 * gone and the container is deleted, unless it is left running. 0, or -1 with
 * err: what CRIU's log says of the cause; the container runs on.
 */
int run_checkpoint(const struct run_context *context, const char *id, const struct run_checkpoint *options,
		   struct err *err);

/*
 * Create the container from the spec, with the processes of the image files in
 * the place of its program. In the foreground as run_run(): *status is wait(2)'s.
 */
int run_restore(const struct run_context *context, const struct run_request *request,
		const struct run_checkpoint *options, int *status, struct err *err);

#endif
