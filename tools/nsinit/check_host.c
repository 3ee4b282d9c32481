/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a spec names on this host, without doing anything with it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "kern/seccomp.h"
#include "nsinit/check.h"
#include "spec/names.h"
#include "spec/types.h"

#define FILESYSTEMS_MAX (64u * 1024)

/* As the planner takes it: relative to the bundle. */
static char *from_bundle(const struct spec *spec, const char *path)
{
	return path[0] == '/' ? memory_strdup(path) : memory_printf("%s/%s", spec->bundle, path);
}

static void check_folder(struct check_findings *findings, const struct spec *spec, const char *path,
			 const char *where)
{
	auto_free char *whole = from_bundle(spec, path);
	struct stat st;

	if (stat(whole, &st))
		check_add(findings, CHECK_ERROR, where, "%s: %s", whole, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		check_add(findings, CHECK_ERROR, where, "%s: not a directory", whole);
}

static void check_root(struct check_findings *findings, const struct spec *spec)
{
	const struct spec_layers *layers = &spec->own.layers;
	char where[64];

	if (spec->root.given)
		check_folder(findings, spec, spec->root.path, "/root/path");
	for (size_t i = 0; i < layers->lower.count; i++) {
		snprintf(where, sizeof(where), "/nsinit/root/lower/%zu", i);
		check_folder(findings, spec, layers->lower.items[i], where);
	}
	if (layers->upper) {
		check_folder(findings, spec, layers->upper, "/nsinit/root/upper");
		check_folder(findings, spec, layers->work, "/nsinit/root/work");
	}
}

/* ---- mounts ------------------------------------------------------------------------ */

/* A line of /proc/filesystems is "nodev\tNAME" or "\tNAME". */
static bool has_filesystem(const char *list, const char *type)
{
	size_t len = strcspn(type, "."); /* "fuse.sshfs" is of type fuse */

	for (const char *at = list; (at = strchr(at, '\t')); at++)
		if (!strncmp(at + 1, type, len) && (at[1 + len] == '\n' || !at[1 + len]))
			return true;
	return false;
}

static void check_mount(struct check_findings *findings, const struct spec *spec, size_t i,
			const char *filesystems)
{
	const struct spec_mount *mount = &spec->mounts[i];
	char where[64];

	if (mount->bind) {
		auto_free char *source = from_bundle(spec, mount->source);

		snprintf(where, sizeof(where), "/mounts/%zu/source", i);
		if (faccessat(AT_FDCWD, source, F_OK, AT_SYMLINK_NOFOLLOW))
			check_add(findings, CHECK_ERROR, where, "%s: %s", source, strerror(errno));
		return;
	}
	/* "cgroup" is what the host has of it. */
	if (mount->remount || !mount->type || !filesystems || !strcmp(mount->type, "cgroup") ||
	    !strcmp(mount->type, "none") || has_filesystem(filesystems, mount->type))
		return;
	snprintf(where, sizeof(where), "/mounts/%zu/type", i);
	check_add(findings, CHECK_WARNING, where,
		  "this kernel has no file system \"%s\" (yet: a module may bring it)", mount->type);
}

static void check_mounts(struct check_findings *findings, const struct spec *spec)
{
	auto_free char *filesystems = NULL;
	size_t len;

	if (file_read_at(AT_FDCWD, "/proc/filesystems", FILESYSTEMS_MAX, &filesystems, &len))
		filesystems = NULL;
	for (size_t i = 0; i < spec->mount_count; i++)
		check_mount(findings, spec, i, filesystems);
}

/* ---- namespaces, interfaces ---------------------------------------------------------- */

static void check_namespaces(struct check_findings *findings, const struct spec *spec)
{
	static const char *const files[SPEC_NS_COUNT] = {
		[SPEC_NS_USER] = "user", [SPEC_NS_CGROUP] = "cgroup", [SPEC_NS_IPC] = "ipc",
		[SPEC_NS_UTS] = "uts",   [SPEC_NS_NETWORK] = "net",   [SPEC_NS_PID] = "pid",
		[SPEC_NS_MOUNT] = "mnt", [SPEC_NS_TIME] = "time",
	};

	for (size_t kind = 0; kind < SPEC_NS_COUNT; kind++) {
		const struct spec_namespace *namespace = &spec->linux_.namespaces[kind];
		char where[64], file[32];

		if (!namespace->given)
			continue;
		snprintf(where, sizeof(where), "/linux/namespaces/%zu", namespace->index);
		snprintf(file, sizeof(file), "/proc/self/ns/%s", files[kind]);
		if (access(file, F_OK))
			check_add(findings, CHECK_ERROR, where, "this kernel has no %s namespaces",
				  files[kind]);
		if (namespace->path && access(namespace->path, F_OK))
			check_add(findings, CHECK_ERROR, where, "%s: %s", namespace->path, strerror(errno));
	}
}

static void check_interfaces(struct check_findings *findings, const struct spec *spec)
{
	for (size_t i = 0; i < spec->linux_.net_device_count; i++) {
		const char *name = spec->linux_.net_devices[i].host_name;
		char path[64], where[64];

		snprintf(path, sizeof(path), "/sys/class/net/%s", name);
		snprintf(where, sizeof(where), "/linux/netDevices/%s", name);
		if (access(path, F_OK))
			check_add(findings, CHECK_ERROR, where, "no network interface %s", name);
	}
}

/* ---- seccomp, hooks --------------------------------------------------------------------- */

static void check_action(struct check_findings *findings, enum spec_seccomp_action action, const char *where)
{
	if (!(kern_seccomp_actions() >> action & 1))
		check_add(findings, CHECK_ERROR, where, "this kernel does not know %s",
			  spec_names_of(&spec_names_seccomp_action, action));
}

static void check_seccomp(struct check_findings *findings, const struct spec *spec)
{
	const struct spec_seccomp *seccomp = &spec->linux_.seccomp;
	uint64_t flags = kern_seccomp_flags();
	char where[64];

	if (!seccomp->given)
		return;
	check_action(findings, seccomp->default_action, "/linux/seccomp/defaultAction");
	for (size_t i = 0; i < seccomp->rule_count; i++) {
		snprintf(where, sizeof(where), "/linux/seccomp/syscalls/%zu/action", i);
		check_action(findings, seccomp->rules[i].action, where);
	}
	for (size_t i = 0; i < spec_names_seccomp_flag.count; i++)
		if (seccomp->flags & ~flags & spec_names_seccomp_flag.items[i].value)
			check_add(findings, CHECK_ERROR, "/linux/seccomp/flags",
				  "this kernel does not know %s", spec_names_seccomp_flag.items[i].name);
}

/* The hooks that the runtime runs; createContainer's and startContainer's paths are the container's. */
static void check_hooks(struct check_findings *findings, const struct spec *spec)
{
	static const enum spec_hook_kind outside[] = { SPEC_HOOK_PRESTART, SPEC_HOOK_CREATE_RUNTIME,
						       SPEC_HOOK_CREATE_CONTAINER, SPEC_HOOK_POSTSTART,
						       SPEC_HOOK_POSTSTOP };

	for (size_t k = 0; k < ARRAY_SIZE(outside); k++) {
		const struct spec_hooks *hooks = &spec->hooks[outside[k]];

		for (size_t i = 0; i < hooks->count; i++) {
			char where[64];

			if (!access(hooks->items[i].path, X_OK))
				continue;
			snprintf(where, sizeof(where), "/hooks/%s/%zu/path",
				 spec_names_of(&spec_names_hook, outside[k]), i);
			check_add(findings, CHECK_ERROR, where, "%s: %s", hooks->items[i].path,
				  strerror(errno));
		}
	}
}

void check_against_host(struct check_findings *findings, const struct spec *spec)
{
	check_root(findings, spec);
	check_mounts(findings, spec);
	check_namespaces(findings, spec);
	check_interfaces(findings, spec);
	check_seccomp(findings, spec);
	check_hooks(findings, spec);
}
