/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a value valid beyond its JSON type: for the readers, and for options of the command line. */
#ifndef NSTOOLS_SPEC_CHECK_H
#define NSTOOLS_SPEC_CHECK_H

#include <stdbool.h>

struct spec_idmaps;

/* A component of the path is "..". */
bool spec_path_climbs(const char *path);
/* A list of CPUs or memory nodes: "0-3,8", numbers up to 65535, ranges that rise. An empty list is not one.
 */
bool spec_list_is_valid(const char *list);
/* A network interface's name as the kernel takes it: 1 to 15 characters, no "/", ":", space, not "." or "..".
 */
bool spec_interface_is_valid(const char *name);
/* The same for a template: at most one "%d", which the kernel replaces by a number. */
bool spec_interface_template_is_valid(const char *name);
/*
 * A sysctl's name, "net.ipv4.ip_forward" or "net/ipv4/ip_forward", made a path below /proc/sys in place. *owner
 * is the enum spec_namespace_kind that it belongs to, -1 where setting it would change the host. -1: no name.
 */
int spec_sysctl_path(char *key, int *owner);
/* A path as the name that people write, in place: "net/ipv4/conf/eth0.100" is "net.ipv4.conf.eth0/100". */
void spec_sysctl_name(char *path);
/* The owner of one that is a path already. */
int spec_sysctl_owner(const char *path);
/* Edit distance between two names, at most `limit` + 1. */
unsigned spec_name_distance(const char *a, const char *b, unsigned limit);

#endif
