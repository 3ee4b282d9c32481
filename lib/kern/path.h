/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths inside a container's root, reached only through an fd of that root.
 *
 * The container (or its image, or a volume shared with another container)
 * owns every name below the root and may exchange names while we look. So
 * nothing here glues strings: openat2(2) with RESOLVE_IN_ROOT resolves ("/",
 * ".." and links stay inside), what is missing is made one component at a time
 * below an O_PATH fd, and the fd that comes back is what the caller works on.
 * O_PATH needs search permission only: parents of mode 0711 do.
 *
 * No function allocates. Every fd is close-on-exec and the caller's to close.
 * Errors: err gets op and `path`, and -1 comes back with errno.
 * New directories and files get their modes from here (0755, 0644) less the
 * umask: the engine's child keeps umask 0 until it sets the process's own.
 */
#ifndef NSTOOLS_KERN_PATH_H
#define NSTOOLS_KERN_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/*
 * Open `path` (absolute or relative: both start at the root) with the flags
 * of open(2), but O_CREAT; O_CLOEXEC is added. Returns the fd. EAGAIN, which a rename
 * anywhere on the system can cause, is tried again for up to 50 ms.
 */
int kern_path_open(int root, const char *path, int flags, struct err *err);

/* The same without an error record: -1 and errno, for callers to whom absence is an answer. */
int kern_path_try(int root, const char *path, int flags);

/* flags of kern_path_make */
enum {
	KERN_PATH_FILE = 1,	/* the target is a file (else a directory) */
	KERN_PATH_NOFOLLOW = 2, /* a symbolic link as last component is the target itself, not followed */
	KERN_PATH_REFUSE_LINK = 4, /* a directory that is no link: ENOTDIR with a message */
};

struct kern_parent;

struct kern_path_made {
	/*
	 * In, or NULL: where the last target was made, the directory being open still. It stays remembered when this
	 * one was made too: a mount on what was not there before covers nothing. Else it is forgotten.
	 */
	struct kern_parent *beside;
	bool without_mode; /* in: nobody asks for the mode */
	bool made;	   /* out: the target was not there before */
	mode_t mode;	   /* out, of a directory that was: type and permission bits */
};

/*
 * The target of a mount: open it O_PATH; make it, and the directories it
 * lies in, where missing. Links are followed inside the root even when they
 * dangle: what they point to is made. An existing target of the other type is
 * no error here (the mount will say). `made` may be NULL. Returns the fd.
 */
int kern_path_make(int root, const char *path, unsigned flags, struct kern_path_made *made, struct err *err);

/*
 * The directory that `path` lies in, and the last component's name: for
 * mknodat, symlinkat, unlinkat. Missing directories are made. The last one
 * used is remembered, so that twelve nodes in /dev cost one look-up; forget
 * it with kern_parent_close() whenever something was mounted.
 */
struct kern_parent {
	int fd;			 /* -1: none; owned */
	size_t length;
	char path[PATH_MAX];
	char name[NAME_MAX + 1]; /* of the last path asked for */
	mode_t plain_mode;	 /* kern/device.c: a node made in here with this mode got it, and root's ids */
	bool has_own_fds;	 /* kern/device.c: /proc/self/fd is there */
};
#define KERN_PARENT_NONE { .fd = -1 }

/* 0: last->fd and last->name are valid until the next call. -1 with err; a last component ".." is EINVAL. */
int kern_parent_open(struct kern_parent *last, int root, const char *path, struct err *err);
void kern_parent_close(struct kern_parent *last);

#endif
