/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces: made by the clone, joined around it, or entered behind it. namespaces(7). */
#include <sched.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "spec/check.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080 /* Linux 5.6 */
#endif

static const uint64_t clone_flags[SPEC_NS_COUNT] = {
	[SPEC_NS_USER] = CLONE_NEWUSER, [SPEC_NS_CGROUP] = CLONE_NEWCGROUP, [SPEC_NS_IPC] = CLONE_NEWIPC,
	[SPEC_NS_UTS] = CLONE_NEWUTS,   [SPEC_NS_NETWORK] = CLONE_NEWNET,   [SPEC_NS_PID] = CLONE_NEWPID,
	[SPEC_NS_MOUNT] = CLONE_NEWNS,  [SPEC_NS_TIME] = CLONE_NEWTIME,
};

uint64_t plan_namespace_flag(int kind)
{
	return clone_flags[kind];
}

static const struct spec_namespace *namespace(const struct builder *b, int kind)
{
	return &b->spec->linux_.namespaces[kind];
}

bool plan_namespace_is_new(const struct builder *b, int kind)
{
	return namespace(b, kind)->given && !namespace(b, kind)->path;
}

bool plan_namespace_is_joined(const struct builder *b, int kind)
{
	return namespace(b, kind)->path != NULL;
}

bool plan_namespace_is_shared(const struct builder *b, int kind)
{
	return !namespace(b, kind)->given;
}

static const char *where(struct builder *b, int kind)
{
	return plan_text(b, "/linux/namespaces/%zu", namespace(b, kind)->index);
}

/*
 * By the runtime around the clone where it may come back from there. It may not where the namespace that it comes from
 * is another user namespace's: before it joins one itself, or in rootless podman's, whose network, pid and other
 * namespaces are the host's.
 */
static bool is_staged(const struct builder *b)
{
	for (int kind = 0; kind < SPEC_NS_COUNT; kind++)
		if (kind != SPEC_NS_USER && kind != SPEC_NS_MOUNT && namespace(b, kind)->path &&
		    b->host->in_user_ns)
			return true;
	return b->joined_user;
}

static int check_user(struct builder *b)
{
	const struct spec_linux *l = &b->spec->linux_;
	bool maps = l->uid_mappings.count || l->gid_mappings.count;

	b->new_user = plan_namespace_is_new(b, SPEC_NS_USER);
	b->joined_user = namespace(b, SPEC_NS_USER)->given && !b->new_user;
	b->staged = is_staged(b);
	if (b->new_user && !maps)
		return plan_refuse(b, "/linux/uidMappings",
				   "expected uidMappings and gidMappings for the new user namespace");
	if (!b->host->privileged && !b->new_user && !b->joined_user) {
		plan_unsupported(b, "/linux/namespaces", "namespaces without a user namespace need root");
		return err_hint(b->err, "add {\"type\": \"user\"} with id mappings (nsinit spec --rootless "
					"makes such a spec)");
	}
	b->maps_needed = b->new_user;
	return 0;
}

/*
 * A mount namespace that is joined belongs to others: a mount made there would stay when the container is
 * gone, and pivot_root(2) would change the root of all. So it is used as it is.
 */
static int check_joined_mount(struct builder *b)
{
	const struct spec_linux *l = &b->spec->linux_;
	const char *asked = b->spec->mount_count        ? "/mounts"
			    : b->spec->root.readonly    ? "/root/readonly"
			    : b->spec->own.layers.given ? "/nsinit/root"
			    : l->device_count           ? "/linux/devices"
			    : l->masked_paths.count     ? "/linux/maskedPaths"
			    : l->readonly_paths.count   ? "/linux/readonlyPaths"
			    : l->rootfs_propagation     ? "/linux/rootfsPropagation"
							: NULL;

	if (!asked)
		return 0;
	plan_refuse(b, asked, "a mount namespace that is joined is used as it is: nothing is mounted in it");
	return err_hint(b->err, "without \"path\" the container gets a mount namespace of its own");
}

/*
 * Without a mount namespace of its own every mount would appear on the host;
 * what other runtimes do then differs and is rarely meant. So it is refused.
 */
static int check_mount(struct builder *b)
{
	if (plan_namespace_is_joined(b, SPEC_NS_MOUNT))
		return check_joined_mount(b);
	if (plan_namespace_is_new(b, SPEC_NS_MOUNT))
		return 0;
	plan_refuse(b, "/linux/namespaces",
		    "expected a mount namespace: without one the container's root and mounts would be the "
		    "host's");
	return err_hint(b->err, "add {\"type\": \"mount\"} to linux.namespaces");
}

int plan_namespace_check(struct builder *b)
{
	if (namespace(b, SPEC_NS_CGROUP)->given && !b->host->has_cgroup_ns)
		return plan_unsupported(b, where(b, SPEC_NS_CGROUP), "this kernel has no cgroup namespaces");
	if (namespace(b, SPEC_NS_TIME)->given && !b->host->has_time_ns)
		return plan_unsupported(b, where(b, SPEC_NS_TIME), "this kernel has no time namespaces");
	if (b->spec->linux_.net_device_count && !b->host->privileged)
		return plan_unsupported(b, "/linux/netDevices", "moving the host's interfaces needs root");
	return check_mount(b) || check_user(b) ? -1 : 0;
}

static void join(struct builder *b, int kind, int side)
{
	struct step *step = plan_add(b, STEP_NS_JOIN, side, where(b, kind));

	step->ns.kind = (enum spec_namespace_kind)kind;
	step->ns.path = namespace(b, kind)->path;
	step->ns.slot = b->namespace_slots[kind];
}

/* Before the clone, by the runtime or by the stage. The mounts come later. */
static void join_others(struct builder *b, int side)
{
	for (int kind = 0; kind < SPEC_NS_COUNT; kind++)
		if (namespace(b, kind)->path && kind != SPEC_NS_USER && kind != SPEC_NS_MOUNT)
			join(b, kind, side);
}

/* What of the spec would change the namespace for all who are in it, or NULL. */
static const char *changed_by(const struct builder *b, int kind)
{
	const struct spec_pairs *sysctls = &b->spec->linux_.sysctl;

	if (kind == SPEC_NS_UTS && (b->spec->hostname || b->spec->domainname))
		return b->spec->hostname ? "/hostname" : "/domainname";
	for (size_t i = 0; i < sysctls->count; i++)
		if (spec_sysctl_owner(sysctls->items[i].key) == kind)
			return "/linux/sysctl";
	return NULL;
}

void plan_namespace_open(struct builder *b)
{
	for (int kind = 0; kind < SPEC_NS_COUNT; kind++) {
		struct step *step;

		if (!namespace(b, kind)->path)
			continue;
		step = plan_add(b, STEP_NS_OPEN, STEP_PARENT, where(b, kind));
		step->ns.kind = (enum spec_namespace_kind)kind;
		step->ns.path = namespace(b, kind)->path;
		step->ns.changed_by = changed_by(b, kind);
		step->ns.slot = b->namespace_slots[kind] = ++b->plan->slot_count;
	}
}

void plan_namespace_clone(struct builder *b)
{
	uint64_t flags = 0;
	struct step *step;

	if (!b->staged)
		join_others(b, STEP_PARENT);
	/* The cgroup namespace is that of the cgroup it is in by then; time offsets come before its first process. */
	for (int kind = 0; kind < SPEC_NS_COUNT; kind++)
		if (plan_namespace_is_new(b, kind) && kind != SPEC_NS_CGROUP && kind != SPEC_NS_TIME)
			flags |= clone_flags[kind];
	step = plan_add(b, STEP_CLONE, STEP_PARENT, "/linux/namespaces");
	step->clone.flags = flags;
	step->clone.cgroup = plan_cgroup_clone_into(b);
	step->clone.stage = b->staged;
	step->clone.user_ns = b->namespace_slots[SPEC_NS_USER];
	if (b->staged)
		join_others(b, STEP_CHILD);
}

/* The kernel lets an unprivileged caller map its own id alone, one line of one id. */
static bool is_own_id(const struct spec_idmaps *maps, uint32_t id)
{
	return maps->count == 1 && maps->items[0].size == 1 && maps->items[0].host_id == id;
}

/* newuidmap and newgidmap write what /etc/subuid and /etc/subgid allow; they also allow the caller's own id.
 */
static bool needs_helper(const struct builder *b)
{
	const struct spec_linux *l = &b->spec->linux_;

	return !b->host->privileged &&
	       (!is_own_id(&l->uid_mappings, b->host->uid) || !is_own_id(&l->gid_mappings, b->host->gid));
}

/* user_namespaces(7): "deny" comes before a gid_map that is written without privileges, and stays. */
/* user_namespaces(7): it must come before a gid map that an unprivileged process writes. */
static bool writes_deny(const struct builder *b)
{
	return plan_namespace_is_new(b, SPEC_NS_USER) && !b->host->privileged && !needs_helper(b);
}

bool plan_namespace_denies_setgroups(const struct builder *b)
{
	return b->host->setgroups_denied || writes_deny(b);
}

int plan_namespace_ids(struct builder *b)
{
	const struct spec_linux *l = &b->spec->linux_;
	struct step *step;

	if (!b->maps_needed)
		return 0;
	step = plan_add(b, STEP_IDMAP_WRITE, STEP_PARENT, "/linux/uidMappings");
	step->idmap.uid = l->uid_mappings;
	step->idmap.gid = l->gid_mappings;
	step->idmap.helper = needs_helper(b);
	step->idmap.deny_setgroups = writes_deny(b);
	return 0;
}

static void enter_cgroup_and_time(struct builder *b)
{
	const struct spec_linux *l = &b->spec->linux_;
	uint64_t flags = (plan_namespace_is_new(b, SPEC_NS_CGROUP) ? CLONE_NEWCGROUP : 0) |
			 (plan_namespace_is_new(b, SPEC_NS_TIME) ? CLONE_NEWTIME : 0);
	struct step *step;

	if (flags)
		plan_add(b, STEP_UNSHARE, STEP_CHILD,
			 where(b, flags & CLONE_NEWCGROUP ? SPEC_NS_CGROUP : SPEC_NS_TIME))
			->unshare.flags = flags;
	if (flags & CLONE_NEWTIME) {
		step = plan_add(b, STEP_TIME_OFFSETS, STEP_CHILD,
				l->monotonic.given || l->boottime.given ? "/linux/timeOffsets"
									: where(b, SPEC_NS_TIME));
		step->time.monotonic = l->monotonic;
		step->time.boottime = l->boottime;
	}
}

void plan_namespace_enter(struct builder *b)
{
	const struct spec *spec = b->spec;
	bool new_net = plan_namespace_is_new(b, SPEC_NS_NETWORK);

	if (b->new_user || b->joined_user)
		plan_add(b, STEP_BECOME_ROOT, STEP_CHILD, where(b, SPEC_NS_USER));
	if (namespace(b, SPEC_NS_MOUNT)->path)
		join(b, SPEC_NS_MOUNT, STEP_CHILD);
	enter_cgroup_and_time(b);
	plan_add(b, STEP_SESSION, STEP_CHILD, "");
	if (spec->hostname)
		plan_add(b, STEP_HOSTNAME, STEP_CHILD, "/hostname")->text = spec->hostname;
	if (spec->domainname)
		plan_add(b, STEP_DOMAINNAME, STEP_CHILD, "/domainname")->text = spec->domainname;
	if (new_net && (!spec->own.has_loopback || spec->own.loopback))
		plan_add(b, STEP_LOOPBACK, STEP_CHILD, spec->own.has_loopback ? "/nsinit/loopback" : "");
}

/* spec/sysctl.c has checked that each belongs to a namespace of the container's own. */
void plan_namespace_sysctl(struct builder *b)
{
	const struct spec_pairs *pairs = &b->spec->linux_.sysctl;

	for (size_t i = 0; i < pairs->count; i++) {
		char *name = arena_strdup(b->arena, pairs->items[i].key);
		char *slash;

		spec_sysctl_name(name);
		slash = strchr(name, '/'); /* an interface's dot, as in eth0.100: there is one at most */
		plan_add(b, STEP_SYSCTL, STEP_CHILD,
			 slash ? plan_text(b, "/linux/sysctl/%.*s~1%s", (int)(slash - name), name, slash + 1) :
				 plan_text(b, "/linux/sysctl/%s", name))
			->pair = &pairs->items[i];
	}
}
