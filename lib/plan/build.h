/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the files of plan/ alone: the plan as it grows, and what each subject adds to it. */
#ifndef NSTOOLS_PLAN_BUILD_H
#define NSTOOLS_PLAN_BUILD_H

#include <stdbool.h>
#include <stdint.h>

struct builder;
struct err;
struct spec_mount;
struct step;
struct step_mount;

/* ---- build.c: the list ---- */

/* Append a step; zeroed but for kind, side and where. The pointer is valid until the next one is added. */
struct step *plan_add(struct builder *b, int kind, int side, const char *where);
/* A JSON pointer, or any text, in the plan's arena. */
const char *plan_text(struct builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A path of the spec: relative ones start at the bundle. */
const char *plan_path(struct builder *b, const char *path);
/* A request this host or the spec itself makes impossible. Both return -1. */
int plan_refuse(struct builder *b, const char *where, const char *message, ...)
	__attribute__((format(printf, 3, 4), cold));
int plan_unsupported(struct builder *b, const char *where, const char *message, ...)
	__attribute__((format(printf, 3, 4), cold));
/* Note what is left out, for the user to be told. */
void plan_warn(struct builder *b, const char *where, const char *message, ...)
	__attribute__((format(printf, 3, 4)));
/* The side that opens what belongs to the host: the parent where it may, else the child in its user namespace. */
int plan_opener(const struct builder *b);

/* ---- namespace.c ---- */
int plan_namespace_check(struct builder *b);
void plan_namespace_open(struct builder *b);  /* parent: joined ones, opened and entered */
void plan_namespace_clone(struct builder *b); /* the clone step, and joins behind a stage */
int plan_namespace_ids(struct builder *b);    /* parent: id maps */
bool plan_namespace_denies_setgroups(const struct builder *b);
void plan_namespace_enter(struct builder *b); /* child: root in it, cgroup and time, names, lo */
void plan_namespace_sysctl(struct builder *b);
bool plan_namespace_is_new(const struct builder *b, int kind);
bool plan_namespace_is_joined(const struct builder *b, int kind); /* by path */
bool plan_namespace_is_shared(const struct builder *b, int kind); /* the runtime's own */
uint64_t plan_namespace_flag(int kind); /* CLONE_NEW* */

/* ---- cgroup.c, systemd.c ---- */
int plan_cgroup_place(struct builder *b);  /* where: fills b->cgroups */
int plan_cgroup_create(struct builder *b); /* parent, before the clone */
int plan_cgroup_create_late(struct builder *b);
void plan_cgroup_attach(struct builder *b); /* parent, after it */
const char *plan_cgroup_clone_into(struct builder *b);
const char *plan_systemd_place(struct builder *b); /* the path that scope and slice give; NULL with err */
void plan_systemd_add(struct builder *b);
bool plan_systemd_update(struct builder *b); /* false: there is nothing to tell it */
/* The hierarchy with that controller where the container is; NULL: this host has none. */
const struct step *plan_cgroup_find(const struct builder *b, const char *controller);
/* 0 and *cgroup, or -1: no hierarchy has it. */
int plan_cgroup_need(struct builder *b, const char *controller, const char *where, const struct step **cgroup);
/* Remember (and return) the pointer of the resource at hand; plan_cgroup_set() steps carry it. */
const char *plan_cgroup_where(struct builder *b, const char *below);
struct step *plan_cgroup_set(struct builder *b, const struct step *cgroup, const char *file, const char *value);

/* ---- cgroup_*.c: linux.resources, a subject a file ---- */
int plan_cgroup_resources(struct builder *b);
void plan_list_cgroups(struct builder *b); /* into the plan, for the state file; plan.c */
int plan_cgroup_memory(struct builder *b);
int plan_cgroup_cpu(struct builder *b);
int plan_cgroup_cpuset(struct builder *b);
int plan_cgroup_block_io(struct builder *b);
int plan_cgroup_others(struct builder *b); /* pids, hugetlb, network, rdma */
int plan_cgroup_unified(struct builder *b);
int plan_cgroup_devices(struct builder *b);
int plan_cgroup_mount_check(struct builder *b, const struct spec_mount *mount, const char *where);
unsigned plan_cgroup_mount_open(struct builder *b, const struct spec_mount *mount, const char *where);
void plan_cgroup_mount_describe(struct builder *b, const struct spec_mount *mount, unsigned slot,
				struct step_mount *step);

/* ---- mount.c, device.c ---- */
int plan_root_open(struct builder *b);
int plan_mount_open(struct builder *b);  /* the opener's side: bind sources */
void plan_mount_add(struct builder *b);
int plan_root_build(struct builder *b); /* child: root, mounts, devices, console, masks */
void plan_mount_idmap(struct builder *b, bool own_map);
int plan_device_add(struct builder *b);
void plan_device_open(struct builder *b);
void plan_root_finish(struct builder *b); /* child: read-only root, pivot */

/* ---- process.c, hook.c, rdt.c ---- */
int plan_process_check(struct builder *b);
void plan_seccomp_compile(struct builder *b);
void plan_process_before(struct builder *b); /* parent: what only it may do */
const char *const *plan_process_environment(const struct builder *b); /* ends in NULL */
void plan_process_add(struct builder *b);    /* child: the last steps */
void plan_hook_add(struct builder *b, int kind, int side);
int plan_rdt_create(struct builder *b);
void plan_rdt_attach(struct builder *b);

#endif
