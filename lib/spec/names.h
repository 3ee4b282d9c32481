/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and values, each table once in the tree: the readers, the writer,
 * features, --help and the command line's options all look here. A table is
 * walked with `for (size_t i = 0; i < names->count; i++) names->items[i]`.
 */
#ifndef NSTOOLS_SPEC_NAMES_H
#define NSTOOLS_SPEC_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct spec_name {
	const char *name;
	uint64_t value;
};

struct spec_names {
	const char *what; /* "a namespace", for messages */
	const struct spec_name *items;
	size_t count;
};

extern const struct spec_names spec_names_namespace;      /* "pid" -> enum spec_namespace_kind */
extern const struct spec_names spec_names_capability;     /* "CAP_CHOWN" -> 0 */
extern const struct spec_names spec_names_rlimit;         /* "RLIMIT_CORE" -> RLIMIT_CORE */
extern const struct spec_names spec_names_signal;         /* "HUP" -> SIGHUP; see spec_signal_parse */
extern const struct spec_names spec_names_seccomp_action; /* "SCMP_ACT_ALLOW" -> enum spec_seccomp_action */
extern const struct spec_names spec_names_seccomp_op;     /* "SCMP_CMP_EQ" -> enum spec_seccomp_op */
extern const struct spec_names spec_names_seccomp_flag;   /* -> SECCOMP_FILTER_FLAG_* */
extern const struct spec_names spec_names_seccomp_arch; /* "SCMP_ARCH_X86_64"; the value is only its place */
extern const struct spec_names spec_names_scheduler;    /* "SCHED_FIFO" -> SCHED_FIFO */
extern const struct spec_names spec_names_scheduler_flag; /* -> SCHED_FLAG_* */
extern const struct spec_names spec_names_io_class;       /* -> IOPRIO_CLASS_* */
extern const struct spec_names spec_names_memory_mode;    /* -> MPOL_* */
extern const struct spec_names spec_names_memory_flag;    /* -> MPOL_F_* */
extern const struct spec_names spec_names_personality;    /* "LINUX32" -> PER_LINUX32 */
extern const struct spec_names spec_names_hook;           /* "prestart" -> enum spec_hook_kind */
extern const struct spec_names spec_names_propagation;    /* "rslave" -> MS_SLAVE | MS_REC */
extern const struct spec_names spec_names_landlock_fs;    /* "read-file" -> LANDLOCK_ACCESS_FS_* */
extern const struct spec_names spec_names_landlock_net;   /* "bind-tcp" -> LANDLOCK_ACCESS_NET_* */
extern const struct spec_names spec_names_landlock_scope; /* "signal" -> LANDLOCK_SCOPE_* */
extern const struct spec_names spec_names_net_type;       /* "veth" -> enum spec_net_type */
extern const struct spec_names spec_names_ip_protocol;    /* "tcp" -> IPPROTO_TCP */
extern const struct spec_names spec_names_net_action;     /* "allow" -> enum spec_net_action */
extern const struct spec_names spec_names_macvlan_mode;   /* "bridge" -> MACVLAN_MODE_BRIDGE */
extern const struct spec_names spec_names_ipvlan_mode;    /* "l2" -> IPVLAN_MODE_L2 */

/* 0, or -1 when there is no such name (case matters). */
int spec_names_find(const struct spec_names *names, const char *name, uint64_t *value);
/* The name of a value, or NULL. Where two names mean the same, the first. */
const char *spec_names_of(const struct spec_names *names, uint64_t value);

/* As a person types it: "CAP_NET_RAW", "net_raw". 0 with the number, or -1. */
int spec_capability_parse(const char *text, unsigned *number);
/* "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3", "SIGRTMAX-1". 0 with the number (1 to 64), or -1. */
int spec_signal_parse(const char *text, int *signal);
/* "SIGTERM", "SIGRTMIN+3" into buf (16 are enough); returns buf. */
const char *spec_signal_name(int signal, char *buf, size_t size);

/* ---- mount options (OCI config.md, mount(8), and crun's three) ---------- */

enum spec_mount_option_kind {
	SPEC_OPTION_NOTHING,     /* "defaults" */
	SPEC_OPTION_FLAG,        /* set, clear: MS_* */
	SPEC_OPTION_RECURSIVE,   /* set, clear: MOUNT_ATTR_* with AT_RECURSIVE */
	SPEC_OPTION_PROPAGATION, /* set: MS_SHARED ... with MS_REC */
	SPEC_OPTION_BIND,        /* set: MS_REC for rbind */
	SPEC_OPTION_REMOUNT,
	SPEC_OPTION_COPY_UP,
	SPEC_OPTION_COPY_SYMLINK,
	SPEC_OPTION_SRC_NOFOLLOW,
	SPEC_OPTION_DEST_NOFOLLOW,
	SPEC_OPTION_IDMAP, /* set: MS_REC for ridmap */
	SPEC_OPTION_DATA,  /* known, but the file system's own: acl, noacl */
};

struct spec_mount_option {
	const char *name;
	enum spec_mount_option_kind kind;
	uint64_t set, clear;
};

extern const struct spec_mount_option spec_mount_options[];
extern const size_t spec_mount_option_count;
const struct spec_mount_option *spec_mount_option_find(const char *name); /* NULL: not one of ours */

#endif
