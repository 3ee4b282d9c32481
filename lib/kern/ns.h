/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces by fd: namespaces(7), setns(2), time_namespaces(7), ioctl_ns(2). */
#ifndef NSTOOLS_KERN_NS_H
#define NSTOOLS_KERN_NS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/* The eight kinds, in the order in which they are joined (enum spec_namespace_kind has the same). */
struct kern_ns_kind {
	const char *name;      /* as the OCI spec says: "network" */
	const char *proc_name; /* as /proc/PID/ns says: "net" */
	int flag;	       /* CLONE_NEW* */
};

enum { KERN_NS_COUNT = 8 };
extern const struct kern_ns_kind kern_ns_kinds[KERN_NS_COUNT];

/* "network" or "net" -> its entry, or NULL. By CLONE_NEW* flag likewise. */
const struct kern_ns_kind *kern_ns_find(const char *name);
const struct kern_ns_kind *kern_ns_find_flag(int flag);

/*
 * Open a namespace file and check that it is one (nsfs) and of the kind
 * `flag` says; 0 takes any. Returns the fd.
 */
int kern_ns_open(const char *path, int flag, struct err *err);

/* The namespace of a process: "ns/NAME" below its /proc directory fd. Returns the fd. */
int kern_ns_open_pid(int proc_pid, int flag, struct err *err);

/* The namespace with that number of nsfs (Linux 6.19, by file handle; needs privileges over it). Returns the fd. */
int kern_ns_open_id(uint64_t id, int flag, struct err *err);

/* The user namespace that owns a namespace, of a user namespace its parent (NS_GET_USERNS). Returns the fd. */
int kern_ns_owner(int ns, struct err *err);

/* The network namespace of a socket that another process has as descriptor fd (pidfd_getfd(2), SIOCGSKNS). */
int kern_ns_of_socket(int pidfd, int fd, struct err *err);

/* CLONE_NEW* of an open namespace, or -1. */
int kern_ns_type(int ns, struct err *err);

/* setns(2) into one namespace (flag 0: of any kind), or into several through a pidfd (Linux 5.8). */
int kern_ns_join(int ns, int flag, struct err *err);
int kern_ns_join_pidfd(int pidfd, int flags, struct err *err);

int kern_ns_unshare(int flags, struct err *err);

/*
 * A user namespace with these maps ("0 100000 65536\n..." as uid_map takes
 * them) and nobody in it, for idmapped mounts (kern_mount_idmap). A child
 * lives for a moment to make it. proc: the private procfs. Returns the namespace's fd.
 */
int kern_ns_user_create(int proc, const char *uid_map, const char *gid_map, struct err *err);

struct kern_time_offset {
	int64_t secs;
	uint32_t nanosecs;
};

/*
 * After unshare(CLONE_NEWTIME): write the offsets (NULL: none for that clock)
 * through the private procfs, then enter the namespace, which unshare alone
 * does not do. Must come before the first child of the caller.
 */
int kern_ns_time_enter(int proc, const struct kern_time_offset *monotonic,
		       const struct kern_time_offset *boottime, struct err *err);

int kern_ns_set_hostname(const char *name, struct err *err);
int kern_ns_set_domainname(const char *name, struct err *err);

#endif
