/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The container spec as one typed struct: the file to read first.
 *
 * It follows config.json of the OCI runtime spec 1.3 field by field, plus the
 * top-level key "nsinit" (nsinit-spec(5)). Readers of other formats fill the
 * same struct; spec/write.c prints it. Everything below a spec lives in its
 * arena. Zero is "not given" and the default; where zero is also a value a
 * `has_` flag (or a pointer) tells the two apart. Strings are NULL when absent.
 *
 * Lists are pointer + count. A list that was given but is empty has count 0
 * and a non-NULL pointer where the difference matters (says so).
 */
#ifndef NSTOOLS_SPEC_TYPES_H
#define NSTOOLS_SPEC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct spec_net;

struct spec_strings {
	const char **items; /* items[count] is NULL, ready for execve */
	size_t count;
	bool given; /* the member was there, if only as [] */
};

struct spec_pair {
	const char *key, *value;
};

struct spec_pairs {
	struct spec_pair *items;
	size_t count;
};

/* ---- ids --------------------------------------------------------------- */

struct spec_idmap {
	uint32_t container_id, host_id, size;
};

struct spec_idmaps {
	struct spec_idmap *items;
	size_t count;
};

/* ---- process ----------------------------------------------------------- */

struct spec_rlimit {
	int resource; /* RLIMIT_* */
	uint64_t soft, hard;
};

/* Bit n is capability n (capabilities(7)). */
struct spec_capabilities {
	bool given;
	uint64_t bounding, effective, inheritable, permitted, ambient;
};

struct spec_scheduler {
	bool given;
	int policy; /* SCHED_* */
	int32_t nice, priority;
	uint64_t flags;			   /* SCHED_FLAG_* */
	uint64_t runtime, deadline, period; /* nanoseconds */
};

struct spec_io_priority {
	bool given;
	int class; /* IOPRIO_CLASS_* */
	int priority;
};

struct spec_user {
	uint32_t uid, gid;
	bool has_umask;
	uint32_t umask;
	uint32_t *additional_gids;
	size_t additional_gid_count;
};

struct spec_process {
	bool given;
	bool terminal;
	bool has_console_size;
	uint16_t console_height, console_width;
	const char *cwd;
	struct spec_strings args, env;
	struct spec_user user;
	struct spec_rlimit *rlimits;
	size_t rlimit_count;
	struct spec_capabilities capabilities;
	bool no_new_privileges;
	bool has_oom_score_adj;
	int oom_score_adj;
	const char *apparmor_profile, *selinux_label; /* NULL: not given, or empty */
	struct spec_scheduler scheduler;
	struct spec_io_priority io_priority;
	const char *affinity_initial, *affinity_final; /* execCPUAffinity; CPU lists, checked */
};

/* ---- root and mounts --------------------------------------------------- */

struct spec_root {
	bool given;
	const char *path; /* as written; relative to the bundle */
	bool readonly;
};

/*
 * A mount's options, taken apart: what becomes mount attributes, what becomes
 * propagation, what is for us, and what goes to the file system as data.
 */
struct spec_mount {
	const char *destination, *type, *source;
	struct spec_strings options; /* as written, for the writer */
	bool bind, recursive;	     /* bind, rbind */
	bool remount, copy_up;	     /* remount, tmpcopyup */
	bool copy_symlink, src_nofollow, dest_nofollow; /* crun's copy-symlink, src-nofollow, dest-nofollow */
	/* MS_* of mount(2): set and cleared by the plain options, the later one wins. */
	uint64_t flags, flags_cleared;
	/* MOUNT_ATTR_* of mount_setattr(2), set and cleared with AT_RECURSIVE by the r* options. */
	uint64_t attr_set_recursive, attr_clear_recursive;
	/* MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, each with MS_REC where asked; applied in order. */
	uint64_t *propagation;
	size_t propagation_count;
	const char *data; /* for the file system: the unknown options, joined by commas */
	bool idmap, idmap_recursive;
	struct spec_idmaps uid_mappings, gid_mappings;
};

/* ---- linux ------------------------------------------------------------- */

/* The order in which setns joins them; the names stand in spec/names.c. */
enum spec_namespace_kind {
	SPEC_NS_USER,
	SPEC_NS_CGROUP,
	SPEC_NS_IPC,
	SPEC_NS_UTS,
	SPEC_NS_NETWORK,
	SPEC_NS_PID,
	SPEC_NS_MOUNT,
	SPEC_NS_TIME,
	SPEC_NS_COUNT
};

struct spec_namespace {
	bool given;	  /* listed: new, or joined by path; else the runtime's own */
	const char *path; /* NULL: a new one */
	size_t index;	  /* its place in linux.namespaces, for messages */
};

struct spec_time_offset {
	bool given;
	int64_t secs;
	uint32_t nanosecs;
};

struct spec_device {
	char type; /* 'c' (also for "u"), 'b', 'p' */
	const char *path;
	int64_t major, minor;
	bool has_file_mode;
	uint32_t file_mode, uid, gid;
	bool has_uid, has_gid;
};

struct spec_device_rule {
	bool allow;
	char type;	      /* 'a', 'c', 'b' */
	int64_t major, minor; /* -1: any */
	bool read, write, mknod;
};

struct spec_net_device {
	const char *host_name, *name; /* name NULL: keep */
};

/* An optional number of linux.resources; value is only valid when given. */
struct spec_i64 {
	bool given;
	int64_t value;
};

struct spec_u64 {
	bool given;
	uint64_t value;
};

struct spec_memory {
	struct spec_i64 limit, reservation, swap, kernel, kernel_tcp; /* bytes, -1 unlimited */
	struct spec_u64 swappiness;
	bool has_disable_oom_killer, disable_oom_killer;
	bool has_use_hierarchy, use_hierarchy;
	bool check_before_update;
};

struct spec_cpu {
	struct spec_u64 shares, burst, period, realtime_period;
	struct spec_i64 quota, realtime_runtime, idle;
	const char *cpus, *mems;
};

struct spec_weight_device {
	int64_t major, minor;
	bool has_weight, has_leaf_weight;
	uint16_t weight, leaf_weight;
};

struct spec_throttle_device {
	int64_t major, minor;
	uint64_t rate;
};

struct spec_throttles {
	struct spec_throttle_device *items;
	size_t count;
};

struct spec_block_io {
	bool has_weight, has_leaf_weight;
	uint16_t weight, leaf_weight;
	struct spec_weight_device *weight_devices;
	size_t weight_device_count;
	struct spec_throttles read_bps, write_bps, read_iops, write_iops;
};

struct spec_hugepage_limit {
	const char *page_size; /* "2MB" */
	uint64_t limit;
};

struct spec_network_priority {
	const char *name;
	uint32_t priority;
};

struct spec_rdma {
	const char *device;
	bool has_hca_handles, has_hca_objects;
	uint32_t hca_handles, hca_objects;
};

struct spec_resources {
	bool given;
	struct spec_device_rule *devices;
	size_t device_count;
	struct spec_memory memory;
	struct spec_cpu cpu;
	struct spec_i64 pids_limit;
	struct spec_block_io block_io;
	struct spec_hugepage_limit *hugepages;
	size_t hugepage_count;
	bool has_class_id;
	uint32_t class_id;
	struct spec_network_priority *network_priorities;
	size_t network_priority_count;
	struct spec_rdma *rdma;
	size_t rdma_count;
	struct spec_pairs unified;
};

/* Names are the OCI spec's (SCMP_ACT_*); kern/seccomp.h has the same values in the same order. */
enum spec_seccomp_action {
	SPEC_SECCOMP_KILL_THREAD, /* also SCMP_ACT_KILL */
	SPEC_SECCOMP_KILL_PROCESS,
	SPEC_SECCOMP_TRAP,
	SPEC_SECCOMP_ERRNO,
	SPEC_SECCOMP_TRACE,
	SPEC_SECCOMP_ALLOW,
	SPEC_SECCOMP_LOG,
	SPEC_SECCOMP_NOTIFY,
};

enum spec_seccomp_op {
	SPEC_SECCOMP_NE,
	SPEC_SECCOMP_LT,
	SPEC_SECCOMP_LE,
	SPEC_SECCOMP_EQ,
	SPEC_SECCOMP_GE,
	SPEC_SECCOMP_GT,
	SPEC_SECCOMP_MASKED_EQ,
};

struct spec_seccomp_arg {
	unsigned index;
	enum spec_seccomp_op op;
	uint64_t value, value_two;
};

struct spec_seccomp_rule {
	struct spec_strings names;
	enum spec_seccomp_action action;
	bool has_errno;
	uint32_t errno_ret;
	struct spec_seccomp_arg *args;
	size_t arg_count;
};

struct spec_seccomp {
	bool given;
	enum spec_seccomp_action default_action;
	bool has_default_errno;
	uint32_t default_errno;
	struct spec_strings architectures; /* "SCMP_ARCH_X86_64", checked against the known names */
	uint64_t flags;			   /* SECCOMP_FILTER_FLAG_* */
	const char *listener_path, *listener_metadata;
	struct spec_seccomp_rule *rules;
	size_t rule_count;
};

struct spec_intel_rdt {
	bool given;
	const char *clos_id, *l3_cache_schema, *mem_bw_schema;
	struct spec_strings schemata;
	bool enable_monitoring;
};

struct spec_memory_policy {
	bool given;
	int mode;	    /* MPOL_* */
	unsigned flags;	    /* MPOL_F_* mode flags */
	const char *nodes;  /* a list, checked; "" for none */
};

struct spec_linux {
	bool given;
	struct spec_namespace namespaces[SPEC_NS_COUNT];
	struct spec_idmaps uid_mappings, gid_mappings;
	struct spec_time_offset monotonic, boottime;
	struct spec_device *devices;
	size_t device_count;
	struct spec_net_device *net_devices;
	size_t net_device_count;
	const char *cgroups_path;
	struct spec_resources resources;
	struct spec_intel_rdt intel_rdt;
	struct spec_memory_policy memory_policy;
	struct spec_pairs sysctl;
	struct spec_seccomp seccomp;
	uint64_t rootfs_propagation; /* MS_SHARED, ... with MS_REC for the r* names; 0: not given */
	struct spec_strings masked_paths, readonly_paths;
	const char *mount_label; /* NULL: not given, or empty */
	bool has_personality;
	unsigned long personality; /* PER_* of personality(2) */
};

/* ---- hooks ------------------------------------------------------------- */

enum spec_hook_kind {
	SPEC_HOOK_PRESTART,
	SPEC_HOOK_CREATE_RUNTIME,
	SPEC_HOOK_CREATE_CONTAINER,
	SPEC_HOOK_START_CONTAINER,
	SPEC_HOOK_POSTSTART,
	SPEC_HOOK_POSTSTOP,
	SPEC_HOOK_COUNT
};

struct spec_hook {
	const char *path;
	struct spec_strings args, env;
	uint32_t timeout; /* seconds; 0: none given */
};

struct spec_hooks {
	struct spec_hook *items;
	size_t count;
};

/* ---- our own key, "nsinit" (nsinit-spec(5)) ----------------------------- */

/* "landlock": rules on paths in the container; access bits are LANDLOCK_ACCESS_FS_* / _NET_*. */
struct spec_landlock_rule {
	const char *path;
	uint64_t access;
};

struct spec_landlock_port {
	uint16_t port;
	uint64_t access;
};

struct spec_landlock {
	bool given;
	uint64_t handled_fs, handled_net, scoped;
	bool best_effort; /* drop what this kernel does not know instead of failing */
	struct spec_landlock_rule *rules;
	size_t rule_count;
	struct spec_landlock_port *ports;
	size_t port_count;
};

/* "root": an overlay put together for root.path's place. */
struct spec_layers {
	bool given;
	struct spec_strings lower; /* directories, topmost first; root.path, where given, is the lowest */
	const char *upper, *work;  /* NULL: a tmpfs that vanishes with the container */
};

struct spec_own {
	bool given;
	struct spec_layers layers;	/* nsinit.root */
	struct spec_landlock landlock;	/* nsinit.landlock */
	int parent_death_signal;	/* nsinit.parentDeathSignal; 0: none */
	int stop_signal;		/* nsinit.stopSignal; 0: SIGTERM */
	bool init;			/* nsinit.init: a small reaper as the container's pid 1 */
	bool has_loopback, loopback;	/* nsinit.loopback: lo up in a new network namespace; default true */
	struct spec_net *net;		/* nsinit.networks, routes, firewall (spec/net.h); NULL: none of them */
};

/* ---- the whole --------------------------------------------------------- */

struct spec {
	struct arena *arena;
	const char *file;   /* the name for messages: "config.json", "-" */
	const char *bundle; /* absolute; relative paths are relative to it */
	const char *oci_version;
	struct spec_root root;
	struct spec_process process;
	struct spec_mount *mounts;
	size_t mount_count;
	const char *hostname, *domainname;
	struct spec_pairs annotations;
	struct spec_hooks hooks[SPEC_HOOK_COUNT];
	struct spec_linux linux_; /* `linux` is a macro of GNU C */
	struct spec_own own;
	/*
	 * What the reader passed over: unknown members as JSON pointers, beside each the known name that it
	 * looks like ("" for none), and sentences about the rest (capabilities unknown here, ...).
	 */
	struct spec_strings unknown, unknown_near;
	struct spec_strings warnings;
};

#endif
