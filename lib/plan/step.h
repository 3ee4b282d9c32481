/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step of a plan. A plan is one ordered list; the runtime ("parent") and
 * the container's process ("child") both walk it, each performing the steps of
 * its own side. Where the side changes the one hands over to the other, so
 * hooks, id maps and cgroups meet the child exactly where the list says.
 *
 * A step has plain arguments, all worked out by the planner: the child neither
 * allocates nor parses. Things opened by one step and used by a later one (a
 * detached mount, a namespace, a socket) go through numbered slots.
 *
 * The one header that includes another of the project: arguments reuse the
 * spec's small types.
 */
#ifndef NSTOOLS_PLAN_STEP_H
#define NSTOOLS_PLAN_STEP_H

#include "spec/types.h"

struct spec_net_interface;
struct spec_net_route;

/*
 * Every kind: X(constant, "name as printed, as NSINIT_FAULT takes it", which member of the union).
 * The order here is by subject; the order in a plan is plan/plan.c.
 */
#define STEP_KINDS(X)                                                                              \
	/* what outlives the child: these have an undo */                                          \
	X(STATE_CREATE, "state-create", none)	   /* /run/nsinit/ID, locked, phase "creating" */  \
	X(CGROUP_CREATE, "cgroup-create", cgroup)  /* the directory in one hierarchy */            \
	X(CGROUP_SYSTEMD, "cgroup-systemd", systemd) /* a scope by sd-bus around the child */      \
	X(RDT_CREATE, "rdt-create", rdt)	   /* resctrl group, schemata */                   \
	/* cgroups */                                                                              \
	X(CGROUP_SET, "cgroup-set", cgroup_set)    /* one file of one hierarchy */                 \
	X(CGROUP_DEVICES, "cgroup-devices", devices)                                               \
	X(CGROUP_ATTACH, "cgroup-attach", cgroup)  /* the child into one hierarchy */              \
	X(CGROUP_OWNER, "cgroup-owner", owner)     /* chown the delegated files to a uid */        \
	X(RDT_ATTACH, "rdt-attach", rdt)                                                           \
	/* namespaces and ids */                                                                   \
	X(NS_OPEN, "ns-open", ns)		   /* path -> slot, its type checked */            \
	X(NS_JOIN, "ns-join", ns)		   /* setns; parent: only around the clone */      \
	X(CLONE, "clone", clone)		   /* the meeting point: the child exists from here */ \
	X(RESTORE, "restore", none)		   /* in its place: processes from CRIU's images */ \
	X(IDMAP_WRITE, "idmap-write", idmap)                                                       \
	X(BECOME_ROOT, "become-root", none)	   /* ids 0 in the new user namespace */           \
	X(UNSHARE, "unshare", unshare)		   /* CLONE_NEWCGROUP, CLONE_NEWTIME */            \
	X(TIME_OFFSETS, "time-offsets", time)	   /* write them and enter the namespace */        \
	X(SESSION, "session", none)		   /* setsid */                                    \
	X(HOSTNAME, "hostname", text)                                                              \
	X(DOMAINNAME, "domainname", text)                                                          \
	X(LOOPBACK, "loopback", none)		   /* lo up */                                     \
	X(NETDEV_MOVE, "netdev-move", netdev)	   /* parent: a host interface into the child's */ \
	X(NET_INTERFACE, "net-interface", net_interface) /* parent: made, with addresses and gateways */ \
	X(NET_ROUTE, "net-route", net_route)                                                       \
	X(NET_RULES, "net-rules", net_rules)	   /* firewall, ports, masquerade, limits */       \
	/* the file system, all below the root's fd */                                             \
	X(ROOT_PROPAGATION, "root-propagation", propagation) /* of "/" in the new mount namespace */ \
	X(TREE_OPEN, "tree-open", tree)		   /* a detached copy of a mount -> slot */        \
	X(TREE_IDMAP, "tree-idmap", tree_idmap)	   /* ids of an opened tree, before it is attached */\
	X(OVERLAY_OPEN, "overlay-open", overlay)   /* nsinit.root -> slot */                       \
	X(ROOT_ATTACH, "root-attach", root)	   /* slot -> attached; later steps are below it */\
	X(MOUNT, "mount", mount)                                                                   \
	X(DEVICE, "device", device)		   /* mknod, or a bind of the host's node */       \
	X(LINK, "link", link)			   /* a symbolic link */                           \
	X(CONSOLE, "console", console)		   /* pty from the container's devpts */           \
	X(SYSCTL, "sysctl", pair)                                                                  \
	X(MASK, "mask", mask)			   /* one masked path */                           \
	X(READONLY_PATH, "readonly-path", text)                                                    \
	X(CWD_CREATE, "cwd-create", text)	   /* what is missing of it */                     \
	X(ROOT_READONLY, "root-readonly", none)                                                    \
	X(PIVOT, "pivot", pivot)		   /* pivot_root, or MS_MOVE + chroot */           \
	/* hooks and meetings */                                                                   \
	X(HOOK, "hook", hook)                                                                      \
	X(FIND_PROGRAM, "find-program", find)	   /* create: what start could not execute */      \
	X(STATE_SAVE, "state-save", state)	   /* phase created or running, the pid */         \
	X(PID_FILE, "pid-file", text)                                                              \
	X(WAIT_START, "wait-start", none)	   /* create: until `nsinit start` knocks */       \
	/* the process, last of all */                                                             \
	X(HOME, "home", home)			   /* into the environment that lacks it */        \
	X(LIMIT_RAISE, "limit-raise", limit)	   /* parent: hard limits only it may raise */     \
	X(OOM_SCORE, "oom-score", number)                                                          \
	X(SCHEDULER, "scheduler", scheduler)                                                       \
	X(IO_PRIORITY, "io-priority", io_priority)                                                 \
	X(MEMORY_POLICY, "memory-policy", memory_policy)                                           \
	X(AFFINITY, "affinity", text)		   /* exec: a CPU list */                          \
	X(KEYRING, "keyring", keyring)		   /* a new session keyring of that name */        \
	X(PERSONALITY, "personality", number)                                                      \
	X(LIMIT, "limit", limit)                                                                   \
	X(LSM_LABEL, "lsm-label", lsm)		   /* takes effect at execve */                    \
	X(LANDLOCK, "landlock", landlock)                                                          \
	X(SECCOMP_COMPILE, "seccomp-compile", seccomp) /* parent, before the clone */              \
	X(SECCOMP_LOAD, "seccomp-load", seccomp)                                                   \
	X(CHDIR, "chdir", text)                                                                    \
	X(USER, "user", user)			   /* umask, groups, gid, uid */                   \
	X(CAPABILITIES, "capabilities", capabilities)                                              \
	X(BOUNDING, "bounding", capabilities)	   /* before the uid changes */                    \
	X(NO_NEW_PRIVS, "no-new-privs", none)                                                      \
	X(DEATH_SIGNAL, "death-signal", number)                                                    \
	X(REAPER, "reaper", none)		   /* nsinit.init: fork; pid 1 only reaps */       \
	X(EXEC, "exec", exec)

enum step_kind {
#define STEP_ENUM(constant, name, member) STEP_##constant,
	STEP_KINDS(STEP_ENUM)
#undef STEP_ENUM
	STEP_KIND_COUNT
};

enum step_side { STEP_PARENT, STEP_CHILD };

/* Slots: 0 is "none" so that {0} has none; the planner numbers from 1. */
typedef unsigned step_slot;

struct step_ns {
	enum spec_namespace_kind kind;
	const char *path; /* NS_OPEN */
	step_slot slot;
	const char *changed_by; /* NS_OPEN: the spec's member that changes it: it must not be the runtime's own */
};

struct step_clone {
	uint64_t flags;		     /* CLONE_NEW*: those made by clone3 itself */
	const char *cgroup;	     /* v2: clone3 into this directory (absolute), or NULL */
	bool stage;		     /* the joins that follow come first, in a process of their own: clone twice */
	step_slot user_ns;	     /* with stage */
};

struct step_idmap {
	struct spec_idmaps uid, gid;
	bool helper;	     /* through newuidmap and newgidmap */
	bool deny_setgroups; /* write "deny" first (user_namespaces(7)) */
};

struct step_unshare {
	uint64_t flags;
};

struct step_time {
	struct spec_time_offset monotonic, boottime;
};

struct step_cgroup {
	const char *mountpoint, *path; /* path below it, "/" first */
	const char *controllers;       /* ",cpu,memory,"; v2 CREATE: enable these down the path, */
	const char *needed;	       /* v2 CREATE: or, where not all can be had, these */
	bool v2;
	bool optional;		       /* rootless: carry on without it */
	const char *own;	       /* with optional: the caller's, where it stays then */
};

struct step_cgroup_set {
	const char *mountpoint, *path, *file, *value;
	const char *other_file, *other_value; /* written instead where the kernel has no `file` */
	bool optional;	  /* a file the kernel may lack while the value is the default */
	bool try_only;	  /* a refusal is no error: written again behind what it depends on */
	bool check_usage; /* memory.checkBeforeUpdate: an error when more is used already */
};

struct step_systemd {
	const char *slice, *scope, *description;
	struct spec_pairs properties; /* D-Bus property -> value as text */
	bool user;		      /* the user's manager */
	bool update;		      /* the properties of a scope that is there */
};

struct step_devices {
	const char *mountpoint, *path;
	bool v2;
	const struct spec_device_rule *rules;
	size_t count;
};

struct step_owner {
	const char *mountpoint, *path;
	uint32_t uid; /* host side */
};

struct step_rdt {
	const char *root, *group;	   /* resctrl's mount point; the CLOS directory, "" for the root */
	const char *monitor;		   /* mon_groups entry, or NULL */
	const char *l3_cache, *memory_bandwidth;
	struct spec_strings schemata;
	bool create, must_exist;
};

struct step_netdev {
	const char *host_name, *name;
};

struct step_propagation {
	uint64_t flags; /* MS_* | MS_REC */
};

struct step_tree {
	const char *source; /* absolute, of the host */
	const char *other;  /* where that does not exist, or NULL */
	bool recursive, nofollow;
	step_slot slot;
};

/*
 * By these maps (parent, right after tree-open), or with none by the
 * container's own user namespace (parent, after idmap-write). Needs
 * CAP_SYS_ADMIN over the file system, which the child of a new user namespace lacks.
 */
struct step_tree_idmap {
	step_slot slot;
	const char *source; /* for messages */
	bool recursive;
	struct spec_idmaps uid, gid;
};

struct step_overlay {
	struct spec_strings lower; /* absolute, topmost first */
	const char *upper, *work;  /* NULL: a tmpfs */
	step_slot slot;
};

struct step_root {
	const char *source; /* for messages */
	step_slot slot;
	uint64_t propagation; /* of the new root mount; 0: private */
};

enum step_mount_form {
	STEP_MOUNT_NEW,	   /* a new file system: fsopen */
	STEP_MOUNT_BIND,   /* attach the tree in `slot` */
	STEP_MOUNT_REMOUNT,
	STEP_MOUNT_CGROUP_V1, /* cgroup mount on a v1 or hybrid host: a tmpfs with one mount per hierarchy */
};

struct step_mount {
	enum step_mount_form form;
	const char *destination;   /* in the container, "/" first */
	const char *type, *source; /* source: also for messages */
	const char *data;	   /* file system options */
	const char *label;	   /* SELinux: context= of a new file system, or NULL */
	bool label_root;	   /* not context=: the file system is there already, its root gets the label */
	step_slot slot;
	/* MOUNT_ATTR_* for the mount, and with AT_RECURSIVE for all below it. */
	uint64_t attr_set, attr_clear, attr_set_recursive, attr_clear_recursive;
	uint64_t super_flags; /* MS_* of the superblock: sync, dirsync, lazytime, ... , ro of a new file system */
	const uint64_t *propagation;
	size_t propagation_count;
	bool copy_up;	      /* tmpcopyup */
	bool copy_symlink;    /* a source that is a link is made again, not followed */
	bool dest_nofollow;
	bool refuse_symlink;  /* the target itself must be a directory: proc, sysfs */
	bool cgroup_ro;	      /* no cgroup namespace: read-only whatever the options say */
	bool fallback_bind;   /* sysfs in a user namespace without its network: rbind the host's, read-only */
	const struct step_cgroup *hierarchies; /* CGROUP_V1 */
	size_t hierarchy_count;
};

struct step_device {
	const char *path; /* in the container */
	char type;
	int64_t major, minor;
	uint32_t mode, uid, gid;
	bool bind;	  /* no mknod here: bind the host's node, checked by type and number */
	step_slot slot;	  /* with bind: the tree opened by the parent, or 0: open it in the child */
};

struct step_link {
	const char *path, *target;
	bool if_target_exists; /* runtime-linux.md: only when it exists after the mounts */
	bool replace;	       /* /dev/ptmx: what stands there goes */
};

struct step_console {
	uint16_t height, width; /* 0: leave */
	bool device;		/* also bind it on /dev/console */
};

struct step_mask {
	const char *path;
	const char *label; /* SELinux: context= of what covers a directory, or NULL */
};

struct step_pivot {
	bool no_pivot; /* MS_MOVE and chroot, for a root on ramfs */
	/* A mount namespace that was joined belongs to others: chroot alone, to this directory in it. */
	const char *enter;
};

struct step_hook {
	enum spec_hook_kind kind;
	size_t index;
	const struct spec_hook *hook;
};

struct step_state {
	const char *status; /* "created", "running" */
};

struct step_limit {
	int resource;
	uint64_t soft, hard;
};

struct step_keyring {
	const char *name;
	const char *selinux; /* the label it gets, the process's; or NULL */
};

struct step_lsm {
	const char *apparmor, *selinux;
};

struct step_user {
	uint32_t uid, gid;
	const uint32_t *groups;
	size_t group_count;
	bool keep_groups; /* setgroups is denied here */
	bool has_umask;
	uint32_t umask;
};

struct step_capabilities {
	struct spec_capabilities sets;
};

struct step_seccomp {
	const struct spec_seccomp *seccomp;
	step_slot slot; /* a sealed memfd with the compiled program */
};

struct step_find {
	const char *cwd;
	const char *const *args, *const *env;
	bool denied_later; /* an ordinary user may reach what root may not: EACCES is for start to say */
};

#define STEP_HOME_SIZE (4096 + 5)

struct step_home {
	uint32_t uid;	    /* whose line of the container's /etc/passwd */
	const char **place; /* in the environment, where it ends */
	char *variable;	    /* STEP_HOME_SIZE bytes for "HOME=" and a path */
};

struct step_exec {
	const char *const *args, *const *env; /* both end in NULL; args[0] is searched in env's PATH */
};

struct step {
	enum step_kind kind;
	enum step_side side;
	const char *where; /* JSON pointer that asked for it, "" for what is always done */
	union {
		struct step_ns ns;
		struct step_clone clone;
		struct step_idmap idmap;
		struct step_unshare unshare;
		struct step_time time;
		struct step_cgroup cgroup;
		struct step_cgroup_set cgroup_set;
		struct step_systemd systemd;
		struct step_devices devices;
		struct step_owner owner;
		struct step_rdt rdt;
		struct step_netdev netdev;
		struct step_propagation propagation;
		struct step_tree tree;
		struct step_tree_idmap tree_idmap;
		struct step_overlay overlay;
		struct step_root root;
		struct step_mount mount;
		struct step_device device;
		struct step_link link;
		struct step_console console;
		struct step_mask mask;
		struct step_pivot pivot;
		struct step_hook hook;
		struct step_state state;
		struct step_limit limit;
		struct step_keyring keyring;
		struct step_lsm lsm;
		struct step_user user;
		struct step_capabilities capabilities;
		struct step_seccomp seccomp;
		struct step_find find;
		struct step_home home;
		struct step_exec exec;
		const struct spec_net_interface *net_interface;
		const struct spec_net_route *net_route;
		const struct spec_net *net_rules;
		const struct spec_landlock *landlock;
		const struct spec_scheduler *scheduler;
		const struct spec_io_priority *io_priority;
		const struct spec_memory_policy *memory_policy;
		const struct spec_pair *pair;
		const char *text;
		int64_t number;
	};
};

#endif
