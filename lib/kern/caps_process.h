/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc says of the privileges of another process (proc_pid_status(5)). */
#ifndef NSTOOLS_KERN_CAPS_PROCESS_H
#define NSTOOLS_KERN_CAPS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct kern_caps;

struct kern_caps_process {
	pid_t pid, parent;	  /* as the procfs' pid namespace numbers them */
	uint32_t real_uid, uid;	  /* real and effective, in the reader's user namespace */
	uint32_t real_gid, gid;
	bool no_new_privs;
	char command[80]; /* at most 15 bytes by the kernel; "\n" and "\\" are as it escapes them */
};

/*
 * Of one process or thread: `dir` is its directory, /proc/PID or
 * /proc/PID/task/TID, by descriptor, so that all of it is one process'. errnum
 * ESRCH when it has ended.
 */
int kern_caps_process_read(int dir, struct kern_caps_process *process, struct kern_caps *caps,
			   struct err *err);

#endif
