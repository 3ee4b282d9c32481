/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This process into the namespaces of another, part by part: what nsenter
 * does, in the order, and with the messages, of util-linux's.
 *
 *	run_attach_open()	everything that has a path or a PID, before anything is entered
 *	run_attach_enter()	cgroup, namespaces, root, working directory
 *	run_attach_fork()	where a pid namespace was entered: only children are in it
 *	run_attach_become()	uid, gid, groups, capabilities, SELinux context
 *	run_attach_execute()
 *
 * Nothing is opened without close-on-exec. The target is looked up once: all
 * that is read of it afterwards belongs to the pidfd opened first, so that a
 * PID which was given to another process meanwhile is refused. namespaces(7),
 * setns(2), pidfd_open(2), credentials(7).
 */
#ifndef NSTOOLS_RUN_ATTACH_H
#define NSTOOLS_RUN_ATTACH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct run_context;

/* By their places in kern_ns_kinds. */
enum { RUN_ATTACH_NS_COUNT = 8 };

struct run_attach_ns {
	bool given;
	int fd; /* or -1: the target's */
};

/* A directory by its path, or the target's own where path is NULL. */
struct run_attach_dir {
	bool given;
	const char *path;
	int fd; /* set by whoever gives path, and by run_attach_open() */
};

struct run_attach_id {
	bool given, follow; /* follow: the owner of the target's /proc/PID, as the entered user namespace has it */
	uint32_t id;
};

struct run_attach {
	pid_t pid; /* of the target; 0: none */
	int pidfd; /* of it, or -1: run_attach_open() opens it */
	int process; /* its /proc/PID, opened where needed, or -1 */
	struct run_attach_ns ns[RUN_ATTACH_NS_COUNT];
	struct run_attach_dir root, wd;
	struct run_attach_id uid, gid;
	const char *label; /* of the security module that this kernel runs, for the program; or NULL */
	const char *wdns; /* a directory in what was entered, or NULL */
	const char *net_socket; /* number of a socket in the target, whose network namespace is meant; or NULL */
	bool all, user_parent, environment, join_cgroup, preserve_credentials, keep_caps, no_fork, follow_context;

	/* found by run_attach_open() */
	int flags; /* CLONE_NEW* of what is entered */
	char *variables; /* the target's environment, each ended by NUL; owned; or NULL */
	size_t variables_size;
	bool groups_dropped;
};
/* Nothing given. */
void run_attach_init(struct run_attach *attach);

/* Open the target by its PID and, unless 0, the inode number of its pidfd (Linux 6.9: pidfs). */
int run_attach_target(struct run_attach *attach, pid_t pid, uint64_t inode, struct err *err);
/* The process of a running container of nsinit. */
int run_attach_container(struct run_attach *attach, const struct run_context *context, const char *id,
			 struct err *err);
/* Inode numbers of our own namespaces and of the target's, by kind; 0 where this kernel has none. */
struct run_attach_pair {
	uint64_t own, target;
};
int run_attach_compare(struct run_attach *attach, struct run_attach_pair pairs[RUN_ATTACH_NS_COUNT],
		       struct err *err);
/* A namespace file: a path, or ":ID" by its number (Linux 6.19: ids of nsfs). Returns the fd. */
int run_attach_file(const char *path, int flag, struct err *err);

int run_attach_open(struct run_attach *attach, struct err *err);
int run_attach_enter(struct run_attach *attach, struct err *err);
/*
 * Fork where need be. In the child, and where none is needed, 0. In the parent 1 once the child has ended, *status is
 * wait(2)'s: a stopped child stops us too, and goes on with us.
 */
int run_attach_fork(const struct run_attach *attach, int *status, struct err *err);
int run_attach_become(struct run_attach *attach, struct err *err);
/*
 * execvp(3). Without a program a login shell: $SHELL, else what the entered root's /etc/passwd says of our uid, else
 * /bin/sh. Returns on failure only: ERR_EXEC, errnum as kern/exec.h has it.
 */
int run_attach_execute(char *const *program, struct err *err);
/* Wait as run_attach_fork() does. */
int run_attach_wait(pid_t pid, int *status, struct err *err);
/* End by the signal that ended another process, or return where it does not end us. */
void run_attach_raise(int signal);

#endif
