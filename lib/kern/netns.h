/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces: their identity, and those with a name in /run/netns. network_namespaces(7), ip-netns(8). */
#ifndef NSTOOLS_KERN_NETNS_H
#define NSTOOLS_KERN_NETNS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

#define KERN_NETNS_DIR "/run/netns"

/* The caller's own; its fd. */
int kern_netns_own(struct err *err);
bool kern_netns_same(int a, int b);
/* Enter `netns`; the fd of the one before is *own, for kern_netns_leave(), which closes it. Not for long. */
int kern_netns_enter(int netns, int *own, struct err *err);
int kern_netns_leave(int *own, struct err *err);

/*
 * What tells a namespace from all others, also from those that come after it:
 * SO_NETNS_COOKIE (Linux 5.14); before that the inode's number, which can be
 * given again once the namespace is gone.
 */
int kern_netns_identity(int netns, uint64_t *identity, struct err *err);

/* A name: one file below KERN_NETNS_DIR. */
bool kern_netns_name_is_valid(const char *name);
/* Open /run/netns/NAME: its fd. ENOENT when there is none. */
int kern_netns_open(const char *name, struct err *err);
/* A new one with only lo in it, named as `ip netns add` does. Its fd; EEXIST when the name is taken. */
int kern_netns_create(const char *name, struct err *err);
/* Take the name away; the namespace lives as long as somebody is in it. */
int kern_netns_delete(const char *name, struct err *err);

/*
 * Keep a namespace alive though nobody is in it, by a file that is made at
 * path; and give it up again (that there is none is no error).
 */
int kern_netns_pin(int netns, const char *path, struct err *err);
int kern_netns_unpin(const char *path, struct err *err);

#endif
