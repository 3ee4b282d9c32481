/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux.sysctl: keys become paths below /proc/sys, with slashes. Only what
 * belongs to a namespace of the container may be set: anything else would
 * change the host.
 */
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

/* Which namespace owns what: namespaces(7), ipc_namespaces(7), uts_namespaces(7). A "/" at the end is a
 * prefix. */
static const struct {
	const char *path;
	enum spec_namespace_kind kind;
} owners[] = {
	{ "net/", SPEC_NS_NETWORK },           { "user/", SPEC_NS_USER },
	{ "fs/mqueue/", SPEC_NS_IPC },         { "kernel/auto_msgmni", SPEC_NS_IPC },
	{ "kernel/msg_next_id", SPEC_NS_IPC }, { "kernel/msgmax", SPEC_NS_IPC },
	{ "kernel/msgmnb", SPEC_NS_IPC },      { "kernel/msgmni", SPEC_NS_IPC },
	{ "kernel/sem", SPEC_NS_IPC },         { "kernel/sem_next_id", SPEC_NS_IPC },
	{ "kernel/shm_next_id", SPEC_NS_IPC }, { "kernel/shm_rmid_forced", SPEC_NS_IPC },
	{ "kernel/shmall", SPEC_NS_IPC },      { "kernel/shmmax", SPEC_NS_IPC },
	{ "kernel/shmmni", SPEC_NS_IPC },      { "kernel/domainname", SPEC_NS_UTS },
	{ "kernel/hostname", SPEC_NS_UTS },
};

/* sysctl(8): where the first separator is a slash, dots are part of the names; else dots separate and slashes
 * are dots. */
static void to_path(char *key)
{
	if (key[strcspn(key, "./")] == '.')
		spec_sysctl_name(key);
}

void spec_sysctl_name(char *path)
{
	for (char *p = path; *p; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
}

static bool is_plain_path(const char *path)
{
	size_t len = strlen(path);

	if (!len || *path == '/' || path[len - 1] == '/' || strstr(path, "//") || spec_path_climbs(path))
		return false;
	return !strstr(path, "/./") && strncmp(path, "./", 2) != 0 &&
	       (len < 2 || strcmp(path + len - 2, "/.") != 0);
}

int spec_sysctl_owner(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		size_t len = strlen(owners[i].path);

		if (!strncmp(path, owners[i].path, len) && (!path[len] || owners[i].path[len - 1] == '/'))
			return (int)owners[i].kind;
	}
	return -1;
}

int spec_sysctl_path(char *key, int *owner)
{
	to_path(key);
	if (!is_plain_path(key))
		return -1;
	*owner = spec_sysctl_owner(key);
	return 0;
}

static int check_owner(struct reader *r, const struct json_at *at, int owner)
{
	if (owner < 0)
		return json_error(at, r->err, "belongs to no namespace: setting it would change the host");
	if (r->spec->linux_.namespaces[owner].given)
		return 0;
	return json_error(at, r->err, "would change the host: it needs the namespace \"%s\"",
			  spec_names_of(&spec_names_namespace, (uint64_t)owner));
}

int spec_sysctl_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at object = json_member(at, "sysctl"), item = { 0 };

	if (spec_read_pairs(r, at, "sysctl", &linux_->sysctl))
		return -1;
	for (size_t i = 0; i < linux_->sysctl.count && json_next(&object, &item); i++) {
		char *path = arena_strdup(r->arena, linux_->sysctl.items[i].key);
		int owner;

		if (spec_sysctl_path(path, &owner))
			return json_error(&item, r->err,
					  "not a sysctl name (\"net.ipv4.ip_forward\", "
					  "\"net/ipv4/ip_forward\")");
		if (check_owner(r, &item, owner))
			return -1;
		linux_->sysctl.items[i].key = path;
	}
	return 0;
}
