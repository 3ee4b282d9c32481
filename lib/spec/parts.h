/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside lib/spec: the reader of each part, one a file. `at` is the object (or array) itself, and is there.
 */
#ifndef NSTOOLS_SPEC_PARTS_H
#define NSTOOLS_SPEC_PARTS_H

#include <stdint.h>

struct ip;
struct ip_net;
struct json;
struct json_at;
struct reader;
struct spec;
struct spec_block_io;
struct spec_hooks;
struct spec_idmaps;
struct spec_landlock;
struct spec_linux;
struct spec_mount;
struct spec_names;
struct spec_net;
struct spec_net_firewall;
struct spec_net_interface;
struct spec_own;
struct spec_pairs;
struct spec_process;
struct spec_resources;
struct spec_seccomp;
struct spec_strings;

int spec_process_read(struct reader *r, const struct json_at *at, struct spec_process *process);
int spec_rlimits_read(struct reader *r, const struct json_at *at, struct spec_process *process);
int spec_scheduler_read(struct reader *r, const struct json_at *at, struct spec_process *process);
int spec_env_read(struct reader *r, const struct json_at *at, const char *key, struct spec_strings *env);
int spec_mount_read(struct reader *r, const struct json_at *at, struct spec_mount *mount);
int spec_hooks_read(struct reader *r, const struct json_at *at, struct spec_hooks *hooks);
int spec_linux_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_);
int spec_devices_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_);
int spec_net_devices_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_);
int spec_sysctl_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_);
int spec_intel_rdt_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_);
int spec_memory_policy_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_);
int spec_resources_read(struct reader *r, const struct json_at *at, struct spec_resources *resources);
int spec_resources_more_read(struct reader *r, const struct json_at *at, struct spec_resources *resources);
int spec_block_io_read(struct reader *r, const struct json_at *at, struct spec_block_io *block_io);
int spec_seccomp_read(struct reader *r, const struct json_at *at, struct spec_seccomp *seccomp);
int spec_own_read(struct reader *r, const struct json_at *at, struct spec_own *own);
int spec_landlock_read(struct reader *r, const struct json_at *at, struct spec_landlock *landlock);
/* networks, routes, firewall of the object `at`; *net stays NULL where none of them is there. */
int spec_net_read(struct reader *r, const struct json_at *at, struct spec_net **net);
int spec_net_network_read(struct reader *r, const struct json_at *at, struct ip_net *net);
int spec_net_ip_read(struct reader *r, const struct json_at *at, struct ip *ip);
int spec_net_interface_read(struct reader *r, const struct json_at *at, struct spec_net_interface *interface);
int spec_net_ports_read(struct reader *r, const struct json_at *at, struct spec_net_interface *interface);
int spec_net_limit_read(struct reader *r, const struct json_at *at, struct spec_net_interface *interface);
int spec_firewall_read(struct reader *r, const struct json_at *at, struct spec_net *net);
int spec_net_routes_read(struct reader *r, const struct json_at *at, struct spec_net *net);
/* What the reader of one interface cannot see: names, overlaps. `at` is the array. */
int spec_net_interfaces_check(struct reader *r, const struct json_at *at, const struct spec_net *net);

/* Rules between the parts, once all are read; `root` is the whole document. */
int spec_whole_check(struct reader *r, const struct json_at *root);

/* The writer's parts: each sets its own member of `object`, where it has something to say. */
void spec_strings_write(struct json *object, const char *key, const struct spec_strings *list);
void spec_pairs_write(struct json *object, const char *key, const struct spec_pairs *pairs);
void spec_idmaps_write(struct json *object, const char *key, const struct spec_idmaps *maps);
void spec_flags_write(struct json *object, const char *key, const struct spec_names *names, uint64_t flags);
void spec_linux_write(struct json *object, const struct spec_linux *linux_);
void spec_seccomp_write(struct json *object, const struct spec_seccomp *seccomp);
void spec_own_write(struct json *object, const struct spec_own *own);
void spec_net_ports_write(struct json *object, const struct spec_net_interface *interface);
void spec_net_limit_write(struct json *object, const struct spec_net_interface *interface);
void spec_firewall_write(struct json *object, const struct spec_net_firewall *firewall);
void spec_net_write(struct json *object, const struct spec_net *net);

#endif
