/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hosts/NAME.host: the facts of a kernel and a caller, as JSON. Every member is needed, so that none is
 * forgotten. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "golden.h"
#include "plan/host.h"
#include "spec/names.h"

static void check(const struct err *err)
{
	char text[2048];

	cr_assert(!err_is_set(err), "%s", err_text(err, text, sizeof(text)));
}

static bool read_bool(const struct json_at *at, const char *key)
{
	struct json_at member = json_member(at, key);
	struct err err = { 0 };
	bool value = false;

	json_read_bool(&member, &value, &err);
	check(&err);
	return value;
}

static uint64_t read_number(const struct json_at *at, const char *key)
{
	struct json_at member = json_member(at, key);
	struct err err = { 0 };
	uint64_t value = 0;

	json_read_u64(&member, UINT64_MAX, &value, &err);
	check(&err);
	return value;
}

static const char *read_string(const struct json_at *at, const char *key, struct arena *arena)
{
	struct json_at member = json_member(at, key);
	struct err err = { 0 };
	const char *value = "";

	json_read_string(&member, &value, &err);
	check(&err);
	return arena_strdup(arena, value);
}

static const char *null_if_empty(const char *text)
{
	return *text ? text : NULL;
}

static uint64_t read_missing_capabilities(const struct json_at *at)
{
	struct json_at list = json_member(at, "boundingLacks"), item = { 0 };
	uint64_t missing = 0;

	while (json_next(&list, &item)) {
		struct err err = { 0 };
		const char *name = "";
		unsigned number;

		json_read_string(&item, &name, &err);
		check(&err);
		cr_assert_eq(spec_capability_parse(name, &number), 0, "%s", name);
		missing |= UINT64_C(1) << number;
	}
	return missing;
}

static void read_hierarchies(const struct json_at *at, struct arena *arena, struct host *host)
{
	struct json_at list = json_member(at, "cgroups"), item = { 0 };

	host->hierarchies = arena_array(arena, json_count(&list), sizeof(*host->hierarchies));
	while (json_next(&list, &item))
		host->hierarchies[host->hierarchy_count++] = (struct host_hierarchy){
			.mountpoint = read_string(&item, "mountpoint", arena),
			.controllers = read_string(&item, "controllers", arena),
			.name = null_if_empty(read_string(&item, "name", arena)),
			.own = read_string(&item, "own", arena),
			.v2 = read_bool(&item, "v2"),
		};
}

static void fill(struct host *host, const struct json_at *at, struct arena *arena)
{
	const char *kernel = read_string(at, "kernel", arena);

	cr_assert_eq(sscanf(kernel, "%u.%u", &host->kernel_major, &host->kernel_minor), 2);
	host->uid = (uint32_t)read_number(at, "uid");
	host->gid = (uint32_t)read_number(at, "gid");
	host->privileged = read_bool(at, "privileged");
	host->in_user_ns = read_bool(at, "inUserNamespace");
	host->cap_sys_resource = read_bool(at, "sysResource");
	host->cap_mknod = read_bool(at, "mknod");
	host->cap_last_cap = (unsigned)read_number(at, "lastCapability");
	host->bounding = ((UINT64_C(2) << host->cap_last_cap) - 1) & ~read_missing_capabilities(at);
	host->has_seccomp = read_bool(at, "seccomp");
	host->has_apparmor = read_bool(at, "apparmor");
	host->has_selinux = read_bool(at, "selinux");
	host->landlock_abi = (unsigned)read_number(at, "landlock");
	host->has_time_ns = read_bool(at, "timeNamespaces");
	host->has_cgroup_ns = read_bool(at, "cgroupNamespaces");
	host->has_idmapped_mounts = read_bool(at, "idmappedMounts");
	host->has_mount_setattr = read_bool(at, "mountSetattr");
	host->resctrl = null_if_empty(read_string(at, "resctrl", arena));
	host->has_resctrl = host->resctrl != NULL;
	read_hierarchies(at, arena, host);
}

void golden_host_read(const char *name, struct arena *arena, struct host *host)
{
	const char *path = arena_printf(arena, "hosts/%s.host", name);
	struct err err = { 0 };
	struct json_at at;
	struct json *json;
	size_t len;
	auto_free char *text = golden_read(path, &len);

	cr_assert(text, "there is no %s", path);
	json = json_parse(text, len, path, &err);
	check(&err);
	at = json_root(json, path);
	*host = (struct host){ 0 };
	fill(host, &at, arena);
	json_free(json);
}
