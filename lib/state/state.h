/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What later commands need to know of a container: ROOT/ID/ holds
 *	state.json	this struct, replaced atomically
 *	config.json	the spec as it was at create; later edits of the bundle have no effect
 *	start.sock	where the created process waits for `start`
 * The directory itself is the lock (flock). It is 0700, owned by the caller,
 * and never reached through a symbolic link.
 */
#ifndef NSTOOLS_STATE_STATE_H
#define NSTOOLS_STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;

#define STATE_ID_MAX 255 /* it is the name of a directory */
/* Compiled filters, shared by all containers; root's alone. */
#define STATE_SECCOMP_CACHE "/run/nsinit-seccomp"

/* A cgroup that belongs to the container, one a hierarchy. */
struct state_cgroup {
	const char *mountpoint, *path;
	bool v2;
	unsigned created; /* how many components at the end of path create made: what delete removes */
};

struct state {
	const char *id, *bundle, *rootfs, *created, *oci_version;
	const char *phase; /* "creating", "created", "running" */
	uint32_t owner;	   /* uid that created it */
	pid_t pid;	   /* 0 while there is none */
	uint64_t start_time; /* of pid, in clock ticks since boot: tells a recycled pid (proc_pid_stat(5)) */
	struct state_cgroup *cgroups;
	size_t cgroup_count;
	const char *systemd_scope; /* NULL: none */
	bool systemd_user;
	const char *rdt_root, *rdt_group, *rdt_monitor; /* what create made in resctrl; NULL: nothing */
	bool terminal;
};

/* "[a-zA-Z0-9_+-][a-zA-Z0-9_+.-]*", at most STATE_ID_MAX. 0, or -1 with err. */
int state_id_check(const char *id, struct err *err);

/* The effective user that the program was started as; no call: who keeps state does not change it. */
uid_t state_euid(void);
/* /run/NAME, for others than root, and for a root whose /run is another's, $XDG_RUNTIME_DIR/NAME. The caller frees
 * it. NULL with err. */
char *state_runtime_path(const char *name, struct err *err);
/* The default root: state_runtime_path() of "nsinit". */
char *state_root_default(struct err *err);
/*
 * The name by which what lies elsewhere (addresses, rules) is a container's of
 * that ROOT (a descriptor): its id, and for other roots than the default one
 * "ID-" with a number that tells the root. Into buf; returns it.
 */
#define STATE_OWNER_MAX (STATE_ID_MAX + 32)
const char *state_owner(int root, const char *id, char buf[STATE_OWNER_MAX]);
/*
 * Open ROOT, making it (0700) when `create`; owner and mode are verified. A
 * directory fd or -1; a missing one is ERR_NOT_FOUND.
 */
int state_root_open(const char *path, bool create, struct err *err);

/* Make ROOT/ID and lock it. Its fd, or -1: ERR_EXISTS when there is one. */
int state_create(int root, const char *id, struct err *err);
/* Open ROOT/ID. Its fd, or -1: ERR_NOT_FOUND "container does not exist". */
int state_open(int root, const char *id, struct err *err);
/* Wait for the lock of what state_create() or state_open() opened: ERR_NOT_FOUND when it was removed meanwhile. */
int state_lock(int root, const char *id, int dir, struct err *err);
/* The same without a wait: 1, 0 when another has it, or -1. */
int state_try_lock(int root, const char *id, int dir, struct err *err);
/* ERR_NOT_FOUND when what dir was opened as has been removed meanwhile. */
int state_check(int root, const char *id, int dir, struct err *err);
int state_unlock(int dir, struct err *err);

int state_save(int dir, const struct state *state, struct err *err);
/* Strings live in the arena. A directory without state.json loads as phase "creating", pid 0. */
int state_load(int dir, const char *id, struct arena *arena, struct state *state, struct err *err);
int state_save_config(int dir, const char *text, size_t len, struct err *err);
/* The caller frees *text. */
int state_load_config(int dir, char **text, size_t *len, struct err *err);
/* Make ROOT/ID/root, an empty directory to mount on in a mount namespace of the caller's own; it stays. */
int state_make_root(int dir, struct err *err);
/* Remove ROOT/ID, open as dir (or -1), and all in it; a missing one is not an error. */
int state_remove(int root, const char *id, int dir, struct err *err);

/* The ids below ROOT, sorted; in the arena. */
int state_list(int root, struct arena *arena, const char ***ids, size_t *count, struct err *err);

/* Write a small file atomically (temporary name, rename): --pid-file. path is the user's. */
int state_write_file(const char *path, const char *text, struct err *err);

#endif
